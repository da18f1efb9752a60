"""Showing personal numbers and names only as far as needed. Pure; nothing here decides who may see more."""

import re

STAR = "*"
# Two-character surnames still in use; all others are one character.
COMPOUND_SURNAMES = frozenset(
    {
        *(
            "欧阳",
            "司马",
            "上官",
            "诸葛",
            "东方",
            "皇甫",
            "尉迟",
            "公孙",
            "慕容",
            "令狐",
            "司徒",
            "司空",
            "夏侯",
            "端木",
        ),
        *("百里", "南宫", "独孤", "长孙", "宇文", "轩辕", "呼延", "完颜", "淳于", "濮阳", "钟离", "闻人"),
    }
)


def mask_id(number: str) -> str:
    """Return an identity number with its first three and last four characters; shorter ones keep only the last two."""
    return _keep(number, 3, 4)


def mask_phone(number: str) -> str:
    """Return a telephone number with its first three and last four digits, 138****5678."""
    return _keep(number, 3, 4)


def mask_card(number: str) -> str:
    """Return four stars and the last four digits of a card or account number: the length says nothing either."""
    return STAR * 4 + _keep(number, 0, 4).lstrip(STAR)


def mask_name(name: str) -> str:
    """Return a person's name with the surname and 某 for each further character; 王某某. A single character stays."""
    name = name.strip()
    if not name or not re.match(r"^[\u3400-\u9fff\U00020000-\U000323af·]+$", name):
        return name[:1] + STAR * max(0, len(name) - 1)
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[:1]
    return surname + "某" * (len(name) - len(surname))


_NUMBER = re.compile(r"[0-9０-９](?:[ -]?[0-9０-９]){10,22}[XxＸｘ]?")


def masked(text: str) -> str:
    """Return a text with long numbers (identity, phone, card) masked but for the first three and last four places.

    As long as the text, so that marks in it stay where they are. Mask a whole text before cutting a stretch out of it:
    a number cut in two is not known as one.
    """

    def mask(found: re.Match[str]) -> str:
        whole = found[0]
        return "".join(c if at < 3 or at >= len(whole) - 4 or c in " -" else STAR for at, c in enumerate(whole))

    return _NUMBER.sub(mask, text)


def _keep(number: str, head: int, tail: int) -> str:
    """Replace the middle by stars of the same count; of a number too short for both ends only two characters stay."""
    compact = re.sub(r"[\s-]", "", number).upper()
    if len(compact) < head + tail + 4:
        head, tail = 0, min(2, len(compact) // 2)
    return compact[:head] + STAR * (len(compact) - head - tail) + (compact[-tail:] if tail else "")
