"""The Word files, printed by LibreOffice: the same pages, the same measures within 1.5 mm."""

import os
import shutil
import subprocess
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from archive.letters import docx, layout, pdf, seal_picture
from archive.letters.compose import compose
from archive.letters.fonts import Face, Role, find
from archive.letters.kinds import LetterKind
from tests.integration.letters import samples
from tests.seal_builders import a_seal_png

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
CODES = [code.value for code in LetterKind]
SETS = {"example": samples.example, "long": samples.long, "sealed": samples.example}
# Long data for each dress, list and form; short data for every kind.
LONG = ("inquiry", "transfer", "result", "feedback", "supplement", "mediation-agreement", "handover", "disposal-list")
# With a seal: one page, and a date on a later page.
SEALED = [("reminder", "sealed"), ("result", "sealed")]
SEAL = seal_picture.read(a_seal_png(), 42)
LETTERS = [(code, "example") for code in CODES] + [(code, "long") for code in LONG] + SEALED

# Names written into the file -> the role whose free font stands in for them here.
STAND_INS = {
    "仿宋_GB2312": Role.FANG,
    "方正小标宋简体": Role.TITLE,
    "黑体": Role.HEI,
    "楷体_GB2312": Role.KAI,
    "宋体": Role.SONG,
    "Times New Roman": Role.LATIN,
}


def family(face: Face) -> str:
    return {"NotoSerifCJK-Bold.ttc": "Noto Serif CJK SC", "NotoSansCJK-Regular.ttc": "Noto Sans CJK SC"}.get(
        face.path.name, face.path.stem.removesuffix("-Regular")
    )


def font_settings(folder: Path) -> Path:
    """Write a fontconfig file that draws the office's fonts with the free ones."""
    stacks = find().stacks
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{family(stacks[role][0])}</string></edit>'
        + ('<edit name="weight" mode="assign"><const>bold</const></edit>' if role is Role.TITLE else "")
        + "</match>"
        for name, role in STAND_INS.items()
    )
    folders = "".join(f"<dir>{where}</dir>" for where in {face.path.parent for face in find().faces})
    path = folder / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{folders}<cachedir>{folder / 'cache'}</cachedir>{rules}</fontconfig>"
    )
    return path


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All letters as Word files, printed to PDF by one run of LibreOffice."""
    folder = tmp_path_factory.mktemp("word")
    for code, name in LETTERS:
        (folder / f"{code}.{name}.docx").write_bytes(
            docx.render(compose(code, SETS[name](code)), seal=SEAL if name == "sealed" else None)
        )
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf"]
        + [path.name for path in sorted(folder.glob("*.docx"))],
        cwd=folder, env={**os.environ, "FONTCONFIG_FILE": str(font_settings(folder))}, check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.mark.parametrize(("code", "name"), LETTERS)
def test_libreoffice_prints_the_word_file_with_the_same_pages_and_measures(code: str, name: str, printed: Path) -> None:
    report = layout.measure((printed / f"{code}.{name}.pdf").read_bytes(), tolerance=layout.WORD, archival_marks=False)
    assert [(check.page, check.name, check.found, check.asked) for check in report.failures] == []
    assert (name == "sealed") == ("seal.top" in {check.name for check in report.checks})
    assert report.pages == len(pdfium.PdfDocument(pdf.render(compose(code, SETS[name](code)))))
