"""The gauge, third part: the seal, where one is drawn (GB/T 9704-2012, 7.3.5.1)."""

from collections.abc import Iterator

from archive.letters import geometry as g
from archive.letters.gauge import Check, Gauge


def seal(gauge: Gauge) -> Iterator[Check]:
    """Upright over signer and date, which lie a little below its middle; its top within one row of the text."""
    signed = gauge.signed()
    box = gauge.seal_box(signed.page) if signed else None
    if signed is None or box is None or signed.before is None or signed.company is None:
        return
    left, top, right, bottom = box
    page, close = signed.page, max(gauge.slack, 1.0)
    yield gauge.near("seal.centre", (left + right) / 2, signed.date.centre, page, slack=close)
    yield Check("seal.inside", right < gauge.right + g.RIGHT - 5, f"{right:.2f} mm", "不出纸边", page)
    # From the foot of the text's last row; characters end 0.12 em under the baseline, the row a little lower.
    under = top - (signed.company.y + 0.12 * g.SIZE_BODY * g.PT)
    yield Check(
        "seal.top", -close < under < g.PITCH + close, f"{under:.2f} mm", f"上距正文一行（{g.PITCH:.2f} mm）之内", page
    )
    above, below = signed.before.y - 0.8 * g.SIZE_BODY * g.PT, signed.date.y
    yield Check("seal.covers", top < above and bottom > below, f"{top:.1f}–{bottom:.1f} mm", "下压署名和成文日期", page)
    low = (above + below) / 2 - (top + bottom) / 2
    yield Check("seal.low", 0 < low < g.PITCH, f"{low:.2f} mm", "署名和日期居印章中心偏下", page)
