"""Office documents to PDF by LibreOffice, inside the child: its own profile, no macros, no network."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from archive.extraction.output import Output, Stop
from archive.extraction.values import State

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>
"""
ITEM = '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}"><value>{value}</value></prop></item>'
# Nothing in the document runs or reaches outside.
SAFE = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "1"),
)


# The program that opens a kind, by its ending, is the one whose export can be asked for PDF/A.
_WRITES = {".xls": "calc", ".xlsx": "calc", ".ods": "calc", ".ppt": "impress", ".pptx": "impress", ".odp": "impress"}
_PDF_A_2 = '{"SelectPdfVersion":{"type":"long","value":"2"}}'


def program() -> str | None:
    """Return the path of LibreOffice, None where it is not installed."""
    return shutil.which("soffice", path="/usr/local/bin:/usr/bin:/bin:/opt/libreoffice/program")


def convert(job: dict[str, Any], out: Output) -> None:
    """Convert `path`, whose kind has the ending `suffix`, into `converted.pdf`; with `archival` into PDF/A-2b."""
    soffice = program()
    if soffice is None:
        raise Stop(State.UNSUPPORTED, "converter.missing")
    profile = out.workdir / "profile"
    (profile / "user").mkdir(parents=True)
    items = "".join(ITEM.format(path=path, name=name, value=value) for path, name, value in SAFE)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE.format(items=items), encoding="utf-8")
    # The ending tells LibreOffice the kind; the original has none and must not be written to.
    source = out.workdir / f"converted{job['suffix']}"
    shutil.copyfile(Path(job["path"]), source)
    target = f"pdf:{_WRITES.get(job['suffix'], 'writer')}_pdf_Export:{_PDF_A_2}" if job.get("archival") else "pdf"
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
               "--nodefault", "--convert-to", target, "--outdir", str(out.workdir), str(source)]  # fmt: skip
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    source.unlink()
    shutil.rmtree(profile, ignore_errors=True)
    pdf = out.workdir / "converted.pdf"
    if not pdf.is_file() or not pdf.stat().st_size:
        raise Stop(State.BROKEN, "converter.failed")
    out.finish()
