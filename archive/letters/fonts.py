"""Finding the fonts of a letter: the office's own first, then what packages brought. Nothing is fetched here.

Stacks after GB/T 9704-2012: 仿宋 body, 小标宋 titles, 黑体 and 楷体 headings, 宋体 page numbers. Fandol is cut for
GB 2312 and lacks many characters of names, so 霞鹜文楷 and Noto follow it; both hold all 8,105 general characters.
"""

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from PIL import ImageFont


class Role(StrEnum):
    """What a font is for."""

    FANG = "fang"  # 仿宋
    TITLE = "title"  # 小标宋
    HEI = "hei"  # 黑体
    KAI = "kai"  # 楷体
    SONG = "song"  # 宋体
    LATIN = "latin"  # digits and letters within the body


@dataclass(frozen=True)
class Face:
    """One face in a file (`index` within a collection)."""

    path: Path
    index: int = 0

    @property
    def css_name(self) -> str:
        """The family name to use in a style sheet.

        A collection is named as the system knows it: loaded as a file, all its languages would answer to one name.
        """
        return COLLECTIONS.get(self.path.name) or f"Anjuan {self.path.stem}"

    @property
    def weight(self) -> str:
        """The weight the file is cut in, as a style sheet says it."""
        return "bold" if "Bold" in self.path.stem else "normal"

    @property
    def by_file(self) -> bool:
        """Whether the style sheet has to load the file itself."""
        return self.path.name not in COLLECTIONS


# The simplified Chinese face of the Noto collections is the third.
COLLECTIONS = {
    "NotoSerifCJK-Regular.ttc": "Noto Serif CJK SC",
    "NotoSerifCJK-Bold.ttc": "Noto Serif CJK SC",
    "NotoSansCJK-Regular.ttc": "Noto Sans CJK SC",
}
SC_INDEX = 2

# Family names by which the office's own fonts are known, best first.
OFFICE = {
    Role.FANG: (
        "仿宋_GB2312",
        "FangSong_GB2312",
        "FangSong",
        "仿宋",
        "Zhuque Fangsong (technical preview)",
        "朱雀仿宋",
    ),
    Role.TITLE: ("方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
    Role.HEI: ("黑体", "SimHei"),
    Role.KAI: ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi"),
    Role.SONG: ("宋体", "SimSun"),
    Role.LATIN: ("Times New Roman",),
}
# Files that packages bring: fonts-noto-cjk, fonts-lxgw-wenkai, Fandol out of texlive-lang-chinese, fonts-hanazono.
PACKAGED = {
    Role.FANG: ("FandolFang-Regular.otf", "LXGWWenKai-Light.ttf", "NotoSerifCJK-Regular.ttc"),
    Role.TITLE: ("NotoSerifCJK-Bold.ttc", "LXGWWenKai-Bold.ttf"),
    Role.HEI: ("NotoSansCJK-Regular.ttc", "LXGWWenKai-Bold.ttf"),
    Role.KAI: ("FandolKai-Regular.otf", "LXGWWenKai-Regular.ttf", "NotoSerifCJK-Regular.ttc"),
    Role.SONG: ("FandolSong-Regular.otf", "NotoSerifCJK-Regular.ttc"),
    Role.LATIN: ("FandolSong-Regular.otf", "NotoSerifCJK-Regular.ttc"),
}
LAST_RESORT = ("HanaMinA.ttf", "HanaMinB.ttf")
FANDOL = ("FandolFang-Regular.otf", "FandolKai-Regular.otf", "FandolSong-Regular.otf")


@dataclass(frozen=True)
class Fonts:
    """The stacks in use, by role, best face first."""

    stacks: Mapping[Role, tuple[Face, ...]]

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.stacks.items())))

    @property
    def faces(self) -> tuple[Face, ...]:
        """Every face once, in a fixed order."""
        return tuple(dict.fromkeys(face for role in Role for face in self.stacks[role]))

    def undrawable(self, text: str, role: Role = Role.FANG) -> tuple[str, ...]:
        """Return the characters of `text` that no face of the stack can draw, in order of appearance, each once."""
        drawn = [coverage(face) for face in self.stacks[role]]
        return tuple(
            char
            for char in dict.fromkeys(text)
            if not char.isspace()
            and unicodedata.category(char) != "Cc"
            and not any(ord(char) in known for known in drawn)
        )

    def missing(self) -> tuple[str, ...]:
        """Return what is absent: roles without any face, and packaged files that make the letter look right."""
        names = {face.path.name for face in self.faces}
        wanted = [Role(role).value for role in Role if not self.stacks[role]]
        if not any(_office_rank(face, Role.FANG) is not None for face in self.stacks[Role.FANG]):
            wanted += [name for name in FANDOL if name not in names]
        return (*wanted, *(name for name in ("LXGWWenKai-Light.ttf", *COLLECTIONS) if name not in names))


def default_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder for the office's own fonts: ARCHIVE_FONTS, or `fonts` in the archive's home."""
    env = os.environ if environ is None else environ
    return Path(env.get("ARCHIVE_FONTS") or Path(env.get("ARCHIVE_HOME", "var")) / "fonts").absolute()


@lru_cache(maxsize=8)
def find(folder: Path | None = None) -> Fonts:
    """Return the stacks from the office's `folder` (default: `default_folder()`) and the system's font folders.

    The result is kept for the life of the process: fonts do not change while letters are made.
    """
    own = folder or default_folder()
    system = (Path.home() / ".local/share/fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))
    named = {path.name: path for root in reversed((own, *system)) for path in _files(root)}
    office = [face for path in sorted(_files(own)) if path.name not in FANDOL for face in _faces(path)]
    stacks: dict[Role, tuple[Face, ...]] = {}
    for role in Role:
        ours = sorted((rank, face.path.name, face) for face in office if (rank := _office_rank(face, role)) is not None)
        packaged = [
            Face(named[name], SC_INDEX if name in COLLECTIONS else 0)
            for name in (*PACKAGED[role], *(LAST_RESORT if role != Role.LATIN else ()))
            if name in named
        ]
        stacks[role] = (*(face for _, _, face in ours[:1]), *packaged)
    return Fonts(stacks)


def _files(root: Path) -> Iterator[Path]:
    return (
        (path for path in root.rglob("*") if path.suffix.lower() in (".otf", ".ttf", ".ttc"))
        if root.is_dir()
        else iter(())
    )


def _faces(path: Path) -> Iterable[Face]:
    from fontTools.ttLib import TTCollection, TTLibError  # here and below: it loads slowly, and few processes set type

    try:
        count = len(TTCollection(str(path), lazy=True)) if path.suffix.lower() == ".ttc" else 1
    except (TTLibError, OSError):
        return []
    return [Face(path, index) for index in range(count)]


def _office_rank(face: Face, role: Role) -> int | None:
    known = OFFICE[role]
    return min((known.index(name) for name in family_names(face) if name in known), default=None)


@cache
def family_names(face: Face) -> frozenset[str]:
    """Return the family names a font goes by, in every language; none when the file cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(str(face.path), fontNumber=face.index, lazy=True) as font:
            return frozenset(str(record) for record in font["name"].names if record.nameID in (1, 4, 16))
    except (TTLibError, OSError, KeyError):
        return frozenset()


@cache
def coverage(face: Face) -> frozenset[int]:
    """Return the code points the face has a character for."""
    from fontTools.ttLib import TTFont

    with TTFont(str(face.path), fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap())


ASCII = range(0x20, 0x7F)
QUOTES = tuple(map(ord, "‘’“”"))


def quotes_face(stack: tuple[Face, ...]) -> Face | None:
    """Return the face whose quotation marks fill a cell as Chinese ones do; None when the stack's first face has them.

    Free 仿宋 and 楷体 draw them as narrow as Latin ones.
    """
    wide = (face for face in stack if QUOTES[-1] in coverage(face) and _measured(face).getlength("”") >= 900)
    found = next(wide, None)
    return None if found == stack[0] else found


@cache
def subset_of(face: Face, points: tuple[int, ...] | range) -> bytes:
    """Return a font file with nothing but these characters of the face.

    A whole 宋体 in front of the 仿宋 would draw the Chinese too; limited by `unicode-range` it would make fontconfig
    drop the 仿宋 behind it as adding nothing.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.layout_features = ["kern"]
    made = BytesIO()
    with TTFont(str(face.path), fontNumber=face.index, lazy=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=points)
        subsetter.subset(font)
        font.save(made)
    return made.getvalue()


@cache
def _measured(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), 1000, index=face.index)


@cache
def advance(stack: tuple[Face, ...], char: str) -> float:
    """Return the width of `char` in em, from the first face that has it; 1 when none has."""
    face = next((face for face in stack if ord(char) in coverage(face)), None)
    return 1.0 if face is None else _measured(face).getlength(char) / 1000


@cache
def ink(face: Face, text: str) -> tuple[float, float]:
    """Return how far the ink of `text` reaches above and below the baseline, in em; negative when clear of it."""
    font = _measured(face)
    # The drawn picture, not the outline's box: control points lie outside the ink.
    picture, (_, top) = font.getmask2(text, anchor="ls")
    box = picture.getbbox()
    if box is None:
        return 0.0, 0.0
    return -(top + box[1]) / 1000, (top + box[3]) / 1000


@cache
def baseline(face: Face) -> float:
    """Return the baseline's distance from the top of a line box one em high, in em (half-leading from hhea)."""
    ascent, descent = _measured(face).getmetrics()
    # Some fonts, Fandol Song among them, state the descent with the wrong sign.
    return 0.5 + (ascent - abs(descent)) / 2000
