"""`python -m archive.worker_entry`: one worker until SIGTERM."""

import logging

from archive import config
from archive.core import logs
from archive.core.loading import loading

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    settings = config.read().for_worker
    logs.install(settings.home)
    with loading():
        from archive.app import create_app
        from archive.worker import Worker

        worker = Worker(create_app(settings))
    worker.run()
