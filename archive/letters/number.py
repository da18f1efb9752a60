"""The document number, 发文字号: X函〔2026〕37号. Source: GB/T 9704-2012, 7.2.5."""

import re
from dataclasses import dataclass

_FORM = re.compile(r"^(?P<mark>[\u4e00-\u9fff]{1,12})〔(?P<year>[12]\d{3})〕(?P<sequence>[1-9]\d*)号$")


@dataclass(frozen=True)
class DocumentNumber:
    """A number in parts; `mark` is the office's mark with the series, as 金消函."""

    mark: str
    year: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.mark}〔{self.year}〕{self.sequence}号"

    @classmethod
    def parse(cls, text: str) -> "DocumentNumber | None":
        """Return the parts, or None when the form is wrong: other brackets, a short year, a leading zero, 第."""
        found = _FORM.match(text)
        return cls(found["mark"], int(found["year"]), int(found["sequence"])) if found else None
