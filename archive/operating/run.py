"""`anjuan run`: database at head, web server and worker side by side, stopped together."""

import os
import signal
import subprocess
import sys
import time
from ctypes.util import find_library
from types import FrameType

import click

from archive import config
from archive.core import labels
from archive.core.labels import label
from archive.core.loading import loading
from archive.operating import readiness

# A part that dies sooner than this after its start, several times in a row, will not get better by starting again.
_TOO_SOON_SECONDS = 5
_MAX_SOON_DEATHS = 5
_STOP_SECONDS = 20


class Part:
    """A child process that is started again when it dies."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.soon_deaths = 0
        self.start()

    def start(self) -> None:
        """Start the process in the supervisor's group, so that Ctrl-C in a terminal reaches it."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, env=self.environment)

    def watch(self) -> None:
        """Start the process again if it died. Raises click.ClickException when it dies at once again and again."""
        if self.process.poll() is None:
            return
        soon = time.monotonic() - self.started < _TOO_SOON_SECONDS
        self.soon_deaths = self.soon_deaths + 1 if soon else 0
        if self.soon_deaths >= _MAX_SOON_DEATHS:
            raise click.ClickException(f"the {self.name} does not stay up; `anjuan doctor` may say why")
        click.echo(f"the {self.name} ended ({self.process.returncode}); starting it again", err=True)
        time.sleep(min(2**self.soon_deaths, 10) / 2)
        self.start()

    def stop(self) -> None:
        """Ask the process to finish, and end it if it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to serve on.")
@click.option("--processes", default=2, show_default=True, help="Web server processes.")
def run(bind: str, processes: int) -> None:
    """Serve the archive: web server and worker, until Ctrl-C."""
    # By the system's own list: loading the letter renderer here would keep it in memory for as long as we supervise.
    if find_library("harfbuzz-subset") is None:
        raise click.ClickException("libharfbuzz-subset is missing: apt-get install libharfbuzz-subset0 (anjuan doctor)")
    try:
        settings = config.read()
        readiness.upgrade(settings)
        readiness.make_ready(settings)
    except config.BadConfiguration as error:
        raise click.ClickException(str(error)) from error
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    web = [
        sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(processes), "--threads", "8",
        "--worker-class", "archive.operating.web_worker.WebWorker",
        # A sentence searched for goes in the address, nine bytes a character.
        "--limit-request-line", "8190",
        # Storing a two-gigabyte upload takes a while after its last byte came.
        "--timeout", "300", "--graceful-timeout", "15", "--log-level", "warning", "--no-control-socket",
        # Not `archive.web_entry`: everything was made ready above, once.
        "archive.app:create_app()",
    ]  # fmt: skip
    # Who answers pages never learns the password of the role that may destroy.
    web_environment = {name: value for name, value in os.environ.items() if not name.startswith("ARCHIVE_WORKER_")}
    parts = [
        Part("web server", web, web_environment),
        Part("worker", [sys.executable, "-m", "archive.worker_entry"], dict(os.environ)),
    ]
    try:
        _announce(bind, settings)
        while not stopping:
            for part in parts:
                if not stopping:
                    part.watch()
            time.sleep(0.3)
    finally:
        for part in parts:
            part.stop()
        click.echo("stopped")


@click.command()
def worker() -> None:
    """Run a worker alone, beside a web server started by other means (gunicorn wsgi:app)."""
    from archive.app import create_app
    from archive.worker import Worker

    try:
        with loading():
            found = Worker(create_app(config.read().for_worker))
        found.run()
    except config.BadConfiguration as error:
        raise click.ClickException(str(error)) from error


def _announce(bind: str, settings: config.Settings) -> None:
    click.echo(f"Anjuan 案卷 serves http://{bind}  (data in {settings.home}; Ctrl-C stops)")
    if settings.demo:
        from archive.people import labels as people_labels
        from archive.people.demo import PASSWORD, PEOPLE

        labels.join(people_labels.WORDS, people_labels.REFUSALS)
        click.echo(f"Demonstration accounts, password {PASSWORD!r}:")
        for login, name, role, _unit in PEOPLE:
            click.echo(f"  {login:<18} {label(role)} {name}")
    else:
        click.echo("No account yet? `anjuan user first` makes the three administrators.")
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
