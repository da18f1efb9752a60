"""The gauge is only worth something if each of its checks fails when its thing is wrong: break one thing at a time."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from archive.letters import archival, layout, pdf
from archive.letters.compose import compose
from archive.letters.content import Letter
from archive.letters.fonts import find
from tests.integration.letters import samples

INQUIRY = {
    **samples.example("inquiry"),
    "cc": ["中国人民银行滨江市分行", "国家金融监督管理总局滨江监管分局", "滨江市消费者协会"],
}
LETTER = compose("inquiry", INQUIRY)
LONG = compose("feedback", samples.long("feedback"))
NOTICE = compose("acceptance", samples.bare("acceptance"))


def failing(letter: Letter, css: str = "", edit: Callable[[str], str] = lambda page: page) -> set[str]:
    """Return the names of the checks that fail on a letter whose page has been tampered with."""
    fonts = find()
    page = edit(pdf.html(letter, fonts)).replace("</style>", css + "</style>")
    return {check.name for check in layout.measure(pdf.typeset_page(page, fonts), letter.form).failures}


def test_untouched_letters_pass() -> None:
    assert failing(LETTER) == failing(LONG) == failing(NOTICE) == set()


@pytest.mark.parametrize(
    ("check", "css"),
    [
        ("page.width", "@page { size: 216mm 297mm }"),
        ("page.height", "@page { size: 210mm 279mm }"),
        ("area.left", ".p { margin-left: -10mm }"),
        ("area.right", ".p { margin-right: -9mm }"),
        ("area.bottom", "@page { margin-bottom: 20mm }"),
        ("area.top", "@page { margin-top: 25mm }"),
        ("colour.red", ".h1 { color: #e60012 }"),
        ("head.mark", ".mark { color: #000 }"),
        ("head.rules", ".head-rule { border-color: #fff }"),
        ("head.mark_top", ".mark { padding-top: 12mm }"),
        ("head.rule_gap", ".mark { height: 36mm }"),
        ("head.mark_centre", ".mark { font-size: 24pt; text-align: left }"),
        ("head.rule_order", ".head-rule { border-top-width: 0.75pt; border-bottom-width: 1.5pt }"),
        ("foot.rule_order", ".foot-rule { border-top-width: 1.5pt; border-bottom-width: 0.75pt }"),
        ("foot.rule_place", ".foot-rule { bottom: -12mm }"),
        ("head.rule_width", ".head-rule { width: 156mm }"),
        ("foot.rule_width", ".foot-rule { width: 156mm }"),
        ("head.rule_centre", ".head-rule { margin-left: -9mm }"),
        ("foot.rule_centre", ".foot-rule { left: -9mm }"),
        ("number.gap", ".numbers { margin-top: 8mm }"),
        ("number.right", ".numbers { margin-right: 3mm }"),
        ("number.size", ".numbers { font-size: 14pt }"),
        ("title.size", ".title { font-size: 20pt }"),
        ("title.centre", ".title { padding-left: 6mm }"),
        ("title.place", ".numbers { margin-bottom: 5mm }"),
        ("addressee.left", "h1 + .flush { margin-left: 5mm }"),
        ("addressee.place", ".title { margin-bottom: 0 }"),
        ("body.begins", "h1 + .flush { break-after: page }"),
        ("body.size", ".p { font-size: 14pt }"),
        ("body.cells", ".p { letter-spacing: 0.6pt }"),
        ("body.pitch", "html { line-height: 28pt }"),
        ("body.rows", "html { line-height: 30pt }"),
        ("body.even", ".h1 { line-height: 31pt }"),
        ("body.flush", ".p { text-align: left }"),
        ("sign.together", ".sign { break-before: page } .attachments { break-after: page }"),
        ("sign.centre", ".sign p:first-child { padding-right: 0 !important }"),
        ("date.inset", ".sign { padding-right: 12mm }"),
        ("seal.room", ".sign { padding-top: 0 }"),
        ("pageno.first", "@page :first { @bottom-right { content: '— 1 —' !important } }"),
        ("pageno.form", "@page :left { @bottom-left { content: '2' } }"),
        ("pageno.size", "@page :left { @bottom-left { font-size: 12pt } }"),
        ("pageno.place", "@page :left { @bottom-left { padding-left: 20mm } }"),
        ("pageno.drop", "@page :left { @bottom-left { padding-top: 12mm } }"),
        ("copies.size", ".copies { font-size: 12pt }"),
        ("copies.left", ".copies { padding-left: 0 }"),
        ("copies.foot", ".copies { bottom: 15mm }"),
        ("copies.turn", ".copies p { padding-left: 0; text-indent: 0 }"),
    ],
)
def test_a_wrong_measure_is_found(check: str, css: str) -> None:
    assert check in failing(LETTER, css)


@pytest.mark.parametrize(
    ("check", "letter"),
    [
        ("number.form", replace(LETTER, number="滨金消函[2026]037号")),
        ("number.form", replace(LETTER, number="滨金消函〔2026〕第37号")),
        ("title.lines", replace(LETTER, title=("关于请协助调查投诉事项的", "函"))),
        ("addressee.colon", replace(LETTER, addressee="", blocks=LETTER.blocks[1:])),
        ("date.form", replace(LETTER, date="2026年03月05日")),
        ("date.form", replace(LETTER, date="二〇二六年三月五日")),
        ("sign.above", replace(LETTER, signer="", attachments=())),
        ("copies.stop", LETTER),
        ("copies.last", LETTER),
        ("page.text", LETTER),
        ("sign.inset", NOTICE),
        ("sign.room", NOTICE),
        ("body.full", LONG),
        ("body.line", LONG),
    ],
)
def test_wrong_words_in_a_right_place_are_found(check: str, letter: Letter) -> None:
    edits: dict[str, Callable[[str], str]] = {
        "copies.stop": lambda page: page.replace("。</i></p></div>\n</body>", "</i></p></div>\n</body>"),
        "copies.last": lambda page: page.replace(
            "</body>", '<p class="p" style="break-before: page">无关。</p></body>'
        ),
        "page.text": lambda page: re.sub(r"<body>.*</body>", "<body></body>", page, flags=re.S),
        "sign.inset": lambda page: page.replace(".sign p {", ".sign p { padding-right: 0 !important;"),
        "sign.room": lambda page: page.replace(".sign {", ".sign { margin-top: 20mm;"),
        "body.line": lambda page: page.replace("</style>", ".p { letter-spacing: -0.18pt }</style>"),
        "body.full": lambda page: page.replace('<h2 class="h1"', '<h2 style="break-before: page" class="h1"'),
    }
    assert check in failing(letter, edit=edits.get(check, lambda page: page))


@pytest.mark.parametrize(
    ("mark", "old", "new"),
    [
        ("pdfa", b"pdfaid:part", b"pdfaid:port"),
        ("intent", b"/OutputIntents", b"/OutputIntentz"),
        ("identity", b"/ID", b"/IX"),
        ("tagged", b"/StructTreeRoot", b"/StructTreeRoox"),
        ("language", b"zh-CN", b"en-US"),
        ("fonts", b"/FontFile", b"/FontFilx"),
        ("inert", b"/OutputIntents", b"/JavaScript"),
    ],
)
def test_a_missing_mark_of_the_archival_format_is_found(
    mark: str, old: bytes, new: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = pdf.render(NOTICE)
    assert all(archival.marks(file).values())
    unpacked = archival.unpacked(file)
    assert not archival.marks_in(unpacked.replace(old, new))[mark]
