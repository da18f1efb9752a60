"""The codes of letters as they live in the archive. Words: archive.letters.labels."""

from enum import StrEnum


class LetterState(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"  # 拟稿
    IN_REVIEW = "in_review"  # 审核中
    APPROVED = "approved"  # 待签发
    ISSUED = "issued"  # 已签发
    SERVED = "served"  # 已送达
    REPLIED = "replied"  # 已回复
    VOID = "void"  # 作废


# The letter has left the office's hands: what it says stands for good.
OUT = frozenset({LetterState.ISSUED, LetterState.SERVED, LetterState.REPLIED})
UNISSUED = frozenset({LetterState.DRAFT, LetterState.IN_REVIEW, LetterState.APPROVED})


class Relation(StrEnum):
    """What a letter has to do with the earlier one it points at."""

    NOTIFIES = "notifies"  # 分送情况告知书 of a 分办函 or 移交函: the two are one action
    REMINDS = "reminds"
    CORRECTS = "corrects"
    REVOKES = "revokes"
    PROVES = "proves"  # 送达回证


class NumberState(StrEnum):
    """Whether a number of the register stands for a letter in force."""

    LIVE = "live"
    VOID = "void"


class Step(StrEnum):
    """What a person did with a draft on its way to issue."""

    SUBMIT = "submit"  # 送审
    COMMENT = "comment"
    APPROVE = "approve"  # 审核通过
    RETURN = "return"  # 退回修改
    WITHDRAW = "withdraw"  # 撤回


class Method(StrEnum):
    """How a letter is served; the values of the 送达回证's own choice."""

    PERSONAL = "personal"
    POST = "post"
    ELECTRONIC = "electronic"
    LEFT = "left"
    ENTRUSTED = "entrusted"
    PUBLIC = "public"


class Outcome(StrEnum):
    """What came of serving."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    REFUSED = "refused"  # 拒收, before a witness
    RETURNED = "returned"  # 退回
