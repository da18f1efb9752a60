"""`anjuan doctor`: what is missing or wrong on this machine, and how to mend it."""

import json
import sys

import click

from archive import config
from archive.operating import checks
from archive.operating.findings import Finding, Level

_SIGNS = {Level.OK: "ok     ", Level.ADVICE: "advice ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def doctor(as_json: bool) -> None:
    """Look at everything the archive needs; exit 1 when something is wrong."""
    worst = Level.OK
    for finding in _findings():
        if as_json:
            click.echo(json.dumps(vars(finding), ensure_ascii=False))
        else:
            click.echo(f"{_SIGNS[finding.level]}  {finding.subject}: {finding.found}")
            if finding.mend:
                click.echo(f"         → {finding.mend}")
        worst = max(worst, finding.level, key=list(Level).index)
    sys.exit(1 if worst is Level.ERROR else 0)


def _findings() -> list[Finding]:
    try:
        settings = config.read()
    except config.BadConfiguration as error:
        return [Finding(Level.ERROR, "settings", str(error), "README, 'Settings'")]
    return [Finding(Level.OK, "settings", f"data in {settings.home}"), *checks.look(settings)]
