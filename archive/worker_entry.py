"""`python -m archive.worker_entry`: one worker until SIGTERM."""

import logging

from archive import config
from archive.app import create_app
from archive.core import logs
from archive.worker import Worker

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    settings = config.read().for_worker
    logs.install(settings.home)
    Worker(create_app(settings)).run()
