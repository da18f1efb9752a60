"""What a letter's PDF measures, against GB/T 9704-2012. Looks at the file alone, never at how it was made."""

from dataclasses import dataclass, replace

from archive.letters import archival, gauge_body, gauge_head, gauge_seal
from archive.letters.content import Form
from archive.letters.gauge import OWN, WORD, Check, Gauge
from archive.letters.glyphs import sheets

__all__ = ["OWN", "WORD", "Check", "Form", "Report", "measure", "sheets"]


@dataclass(frozen=True)
class Report:
    """Everything measured on one file."""

    form: Form
    pages: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.ok for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.ok)


def measure(pdf: bytes, form: Form | None = None, *, tolerance: float = OWN, archival_marks: bool = True) -> Report:
    """Return the report on a PDF.

    `form` is read from the file's keywords when not given. `tolerance` in millimetres. `archival_marks` asks for PDF/A,
    tags and language, which a programme that prints a Word file need not set.
    Raises pypdfium2.PdfiumError when the file cannot be read, ValueError when the form is neither given nor declared.
    """
    said = archival.declared(pdf) or (archival.Declared(form) if form else None)
    if said is None:
        raise ValueError("the file does not say which form it has")
    form = form or said.form
    gauge = Gauge(sheets(pdf, head=form is Form.LETTER), replace(said, form=form), tolerance)
    checks = [*gauge_head.page(gauge), *gauge_head.colour(gauge)]
    if archival_marks:
        checks += [Check(f"archive.{name}", ok, "有" if ok else "无", "有") for name, ok in archival.marks(pdf).items()]
    if form is Form.LETTER:
        checks += gauge_head.head(gauge)
    if form is not Form.SHEET:
        checks += [*gauge_body.body(gauge), *gauge_body.signature(gauge), *gauge_seal.seal(gauge)]
    checks += [
        *gauge_head.title(gauge),
        *gauge_head.number(gauge),
        *gauge_body.page_numbers(gauge),
        *gauge_body.copies(gauge),
    ]
    return Report(form, len(gauge.sheets), tuple(checks))
