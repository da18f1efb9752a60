"""Letter -> PDF/A-3u, tagged, in Chinese. The same letter gives the same bytes."""

import re
import warnings
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup, escape
from weasyprint import HTML
from weasyprint.text.ffi import harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from archive.letters import archival, justify, typeset
from archive.letters import geometry as g
from archive.letters.content import Form, Letter, Row, Table
from archive.letters.fonts import ASCII, QUOTES, Face, Fonts, Role, baseline, find, ink, quotes_face, subset_of
from archive.letters.paths import SHARED
from archive.letters.seal_picture import Seal

# One configuration for the process: a new one for each letter leaks some 40 MB and doubles the time.
_rendering = Lock()

CELL_PAD = 1.2  # white above and below the words of a table cell, in millimetres
TABLE_GAP = 2.5
COPIES_PITCH_PT = 24.0
COPIES_PAD = 1.0
TITLE_PITCH_PT = 33.0
# Longer than this a number may have to be broken after all.
_HYPHENED = re.compile(r"((?<![A-Za-z0-9-])(?=[A-Za-z0-9-]{3,24}(?![A-Za-z0-9-]))[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+)")
LATIN_URL, QUOTES_URL, SEAL_URL = "anjuan:latin", "anjuan:quotes", "anjuan:seal"


class PackagedOnly(URLFetcher):  # type: ignore[misc]
    """Opens the font files of the stacks, the seal, and nothing else: no network, no other file, no data URL."""

    def __init__(self, fonts: Fonts, seal: Seal | None = None) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False)
        self._latin = fonts.stacks[Role.LATIN][0]
        self._quotes = quotes_face(fonts.stacks[Role.FANG])
        self._seal = seal
        self._allowed = {face.path.as_uri(): face.path for face in fonts.faces}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url == LATIN_URL:
            return URLFetcherResponse(url, subset_of(self._latin, ASCII))
        if url == QUOTES_URL and self._quotes is not None:
            return URLFetcherResponse(url, subset_of(self._quotes, QUOTES))
        if url == SEAL_URL and self._seal is not None:
            return URLFetcherResponse(url, self._seal.png)
        path = self._allowed.get(url)
        if path is None:
            raise ValueError(f"letters open packaged fonts only, not {url!r}")
        return URLFetcherResponse(url, path.read_bytes())


def subsetter_present() -> bool:
    """Whether libharfbuzz-subset is there; without it a letter takes 12 s instead of 0.3 s."""
    return harfbuzz_subset is not None


def render(letter: Letter, fonts: Fonts | None = None, seal: Seal | None = None) -> bytes:
    """Return the letter as PDF/A-3u with tags, a seal drawn where the letter has room for one.

    Raises RuntimeError without libharfbuzz-subset.
    """
    fonts = fonts or find()
    return typeset_page(html(letter, fonts, seal), fonts, seal)


def typeset_page(page: str, fonts: Fonts, seal: Seal | None = None) -> bytes:
    """Return the PDF of an HTML page that `html` made. Raises RuntimeError without libharfbuzz-subset."""
    if not subsetter_present():
        raise RuntimeError("libharfbuzz-subset is missing: install the package libharfbuzz-subset0")
    justify.install()
    with _rendering, warnings.catch_warnings():
        # WeasyPrint 70 leaves its colour profile to the garbage collector to close.
        warnings.filterwarnings("ignore", "unclosed file.*sRGB2014", ResourceWarning)
        made: bytes = HTML(string=page, url_fetcher=PackagedOnly(fonts, seal)).write_pdf(
            font_config=_configuration(fonts), pdf_variant="pdf/a-3u", pdf_tags=True, presentational_hints=False
        )
    return made


@lru_cache(maxsize=2)
def _configuration(_fonts: Fonts) -> FontConfiguration:
    return FontConfiguration()


@cache
def _shared(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(SHARED),
        # The page holds what people typed; the style sheet only measures and paths of our own.
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def html(letter: Letter, fonts: Fonts, seal: Seal | None = None) -> str:
    """Return the letter as one HTML page with its style sheet; every value is escaped here."""
    css = _shared("letter.css.j2")
    red = typeset.head(letter.office, _title_face(fonts)) if letter.form is Form.LETTER else None
    signature = typeset.signature(letter.signer, letter.date, seal=letter.seal, fonts=fonts)
    sides = (
        (g.SIDE_TOP, g.SIDE_RIGHT, g.SIDE_BOTTOM, g.SIDE_LEFT)
        if letter.landscape
        else (g.TOP, g.RIGHT, g.BOTTOM, g.LEFT)
    )
    return _shared("letter.html.j2").render(
        letter=letter,
        head=red,
        sign=signature,
        seal=SEAL_URL if seal and letter.takes_seal else "",
        keywords=declaration(letter),
        annex_titles=[typeset.break_title(annex.title) for annex in letter.annexes],
        whole=whole,
        is_form=lambda block: isinstance(block, Table) and not block.is_list,
        shares=_shares,
        cell_class=_cell_class,
        row_height=_row_height,
        css=(
            css.render(
                g=g,
                head=red,
                sign=signature,
                seal=seal,
                seal_top=typeset.seal_top(signature.rows_above, seal.height) if seal else 0,
                page_numbers=letter.page_numbers,
                faces=[face for face in fonts.faces if face.by_file],
                latin=LATIN_URL,
                quotes=QUOTES_URL if quotes_face(fonts.stacks[Role.FANG]) else "",
                stack=_stacks(fonts),
                page_width=g.PAGE_HEIGHT if letter.landscape else g.PAGE_WIDTH,
                page_height=g.PAGE_WIDTH if letter.landscape else g.PAGE_HEIGHT,
                **dict(zip(("top", "right", "bottom", "left"), sides, strict=True)),
                area_width=g.SIDE_WIDTH if letter.landscape else g.AREA_WIDTH,
                rule_shift=(g.AREA_WIDTH - g.RULE_WIDTH) / 2,
                number_drop=g.PAGE_NUMBER_GAP - _dash_top(fonts),
                title_pitch=TITLE_PITCH_PT,
                number_gap=number_gap(letter),
                cell_pad=CELL_PAD,
                table_gap=TABLE_GAP,
                copies_pitch=COPIES_PITCH_PT,
                copies_pad=COPIES_PAD,
                copies_height=copies_height(letter, fonts),
                **(_head_drops(red, fonts) if red else {}),
            )
        ),
    )


def whole(text: str) -> Markup:
    """Return a text whose numbers with hyphens (2026-TS-000137) are not broken at the end of a row."""
    parts = _HYPHENED.split(text)
    return Markup("").join(
        Markup('<span class="whole">{}</span>').format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


def declaration(letter: Letter) -> str:
    """Return the keyword by which the layout gauge knows what to expect of the file."""
    return archival.keyword(archival.Declared(letter.form, letter.landscape, letter.seal and bool(letter.date)))


FIRST_TOP = 20.0  # the first page of the letter form starts here; everything below is reckoned from the edge


def _head_drops(head: typeset.Head, fonts: Fonts) -> dict[str, float]:
    line = baseline(_title_face(fonts)) * head.mark_pt * g.PT
    return {"first_top": FIRST_TOP, "mark_drop": head.mark_baseline - line - FIRST_TOP}


def _title_face(fonts: Fonts) -> Face:
    return fonts.stacks[Role.TITLE][0]


def _dash_top(fonts: Fonts) -> float:
    """Return how far the ink of the page number's dash lies below the top of its line, in millimetres."""
    face = fonts.stacks[Role.SONG][0]
    above, _ = ink(face, "—")
    return (baseline(face) - above) * g.SIZE_FOOT * g.PT


def _stacks(fonts: Fonts) -> dict[str, str]:
    def names(role: Role) -> str:
        latin = ['"Anjuan Latin"'] if role in (Role.FANG, Role.KAI) else []
        quotes = ['"Anjuan Quotes"'] if latin and quotes_face(fonts.stacks[Role.FANG]) else []
        return ", ".join([*latin, *quotes, *(f'"{face.css_name}"' for face in fonts.stacks[role])])

    # Follows the family in the `font` shorthand. The office's own 小标宋 is heavy by itself; Noto has it as a bold cut.
    weight = {Role.TITLE: f"; font-weight: {_title_face(fonts).weight}"}
    return {role.value: names(role) + weight.get(role, "") for role in Role}


def copies_height(letter: Letter, fonts: Fonts) -> float:
    """Return the height of the copies' element, in millimetres."""
    if not letter.copies:
        return 0.0
    room = g.AREA_WIDTH / g.PT - 5 * g.SIZE_FOOT  # one character free at each side, three for 抄送：
    text = "，".join(letter.copies) + "。"
    lines = -(-typeset.width_pt(text, fonts, g.SIZE_FOOT, 0) // room)
    return lines * COPIES_PITCH_PT * g.PT + 2 * COPIES_PAD


def number_gap(letter: Letter) -> float:
    """Return the white under the number of a paper or sheet, in millimetres: a sheet has no row to spare."""
    return 0.0 if letter.form is Form.SHEET else g.PITCH


def _shares(table: Table) -> list[float]:
    whole = sum(column.width for column in table.columns)
    return [round(100 * column.width / whole, 3) for column in table.columns]


def _cell_class(table: Table, row: Row, index: int) -> str:
    if table.is_list:
        return "mid" if table.centred(index) else ""
    return "label" if index % 2 == 0 and len(row.cells) > 1 else ""


def _row_height(table: Table, row: Row) -> float:
    return row.lines * (g.LIST_PITCH_PT if table.is_list else g.TABLE_PITCH_PT)
