"""`anjuan evidence`: a closed dossier as a pack that checks itself."""

import sys
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy import select

from archive.core.act import Machine, Origin, acting, now
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import sentence
from archive.disposal import certificates, packing
from archive.disposal.kinds import LineState
from archive.dossiers.models import Dossier


@click.command()
@click.argument("number")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def evidence(number: str, folder: Path) -> None:
    """Write a closed dossier's evidence pack (BagIt) into an empty folder."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty")
    with acting(Machine("命令行"), Origin("cli")) as act:
        dossier = act.session.scalar(select(Dossier).where(Dossier.number == number))
        if dossier is None:
            raise click.ClickException(f"no dossier {number}")
        act.record("dossier:export", dossier, number=number)
    with click.progressbar(length=packing.volume(db.session(), [dossier.id]), label="packing", file=sys.stderr) as bar:

        def progress(more: int) -> None:
            bar.update(more)

        try:
            packing.pack(db.session(), dossier, folder, now(), progress)
        except ArchiveError as error:
            raise click.ClickException(sentence(error)) from error
    click.echo(f"python3 {folder}/verify.py")


@click.command()
@click.argument("file", type=click.File("rb"))
def certificate(file: BinaryIO) -> None:
    """Verify a certificate of destruction (JSON), wherever it lay meanwhile; exit 1 when a byte of it was changed."""
    try:
        found = certificates.read(file.read())
    except ArchiveError as error:
        raise click.ClickException(sentence(error)) from error
    gone = sum(line["state"] == LineState.DESTROYED for line in found["lines"])
    click.echo(f"OK: {found['list']['number']}, {gone} dossiers, list hash {found['list']['hash']}")
