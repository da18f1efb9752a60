"""`python -m archive.worker_entry`: one worker until SIGTERM."""

import logging

from archive import config
from archive.app import create_app
from archive.worker import Worker

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    Worker(create_app(config.read().for_worker)).run()
