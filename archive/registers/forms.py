"""The forms of registers: those every office keeps, and those of each rule set, with the headings these give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.core.errors import NotFound
from archive.people.rules import Permission
from archive.procedures.profile import Field, Profile, Register
from archive.registers.models import Book


@dataclass(frozen=True)
class Form:
    """A register as it is shown and printed. `part` narrows the cases to a kind of complaint (STAFF or CLIENT)."""

    code: str
    name: str
    book: Book
    columns: tuple[str, ...]
    basis: str = ""
    part: str = ""
    restricted: bool = False

    @property
    def needs(self) -> Permission | None:
        """The permission without which it is not opened at all, beside reading."""
        if self.book is Book.ACCOUNTS:
            return Permission.SANCTION
        return Permission.RESTRICT if self.restricted else None


# Kinds of complaint as the profiles name them: from outside, and from the office's own staff.
CLIENT, STAFF = "client", "staff"

_OF_ACCOUNTS = frozenset({"wenze", "chufa", "chufen"})
_OF_CONTACTS = frozenset({"接待时间", "意见或投诉"})
_OF_STAFF = frozenset({"yuangong"})

# Those that every office keeps: which rule set's headings they bear.
_MAIN = {
    "reception": ("接待登记簿", "WQZX", "jiedai"),
    "admissions": ("受理投诉登记表", "", ""),
    "opinions": ("投诉意见簿", "XXGS", "yijianbu"),
    "clients": ("客户投诉登记本", "KHYG", "kehu"),
    "staff": ("员工投诉登记本", "KHYG", "yuangong"),
    "ledger": ("投诉台账", "", ""),
    "letters": ("发文登记簿", "", ""),
    "handovers": ("转交处理登记簿", "", ""),
    "accounts": ("问责登记簿", "", ""),
}
_BOOKS = {"letters": Book.LETTERS, "handovers": Book.SLIPS, "accounts": Book.ACCOUNTS}
_OWN = {
    "admissions": (
        "案件编号", "投诉人姓名", "身份证号码", "联系电话", "被投诉对象名称", "投诉方式", "投诉时间", "投诉诉求",
        "理由", "证明材料清单", "来源", "严重程度", "经办人", "同意受理人", "同意时间",
    ),
    "ledger": (
        "序号", "案件编号", "投诉时间", "投诉人", "被投诉对象名称", "事项", "业务类别", "投诉原因", "来源",
        "承办单位", "经办人", "办理期限", "办结日期", "处理结果", "满意度", "原件存放",
    ),
    "letters": (
        "发文字号", "发文日期", "种类", "题名", "主送", "案件编号", "签发人", "状态", "回复期限", "回复日期",
        "作废理由",
    ),
    "handovers": (
        "序号", "案件编号", "事项", "转出单位", "转出人", "转出时间", "接收单位", "指定承办人", "主办或协办", "附言",
        "接收人", "答复时间", "状态", "退回理由",
    ),
    "accounts": (
        "序号", "案件编号", "责任人", "原因", "处理", "依据", "金额", "决定单位", "决定日期", "移送", "申请复审至",
        "复审申请日期", "复审决定", "复核决定",
    ),
}  # fmt: skip


def main(profiles: Mapping[str, Profile]) -> list[Form]:
    """Return the registers every office keeps."""
    found = []
    for code, (name, profile_id, register_code) in _MAIN.items():
        register = _register(profiles.get(profile_id), register_code)
        if register is not None:
            form = _form(profiles[profile_id], register)
            found.append(Form(code, name, form.book, form.columns, form.basis, form.part, form.restricted))
        elif code in _OWN:
            book = _BOOKS.get(code, Book.CASES)
            found.append(Form(code, name, book, _OWN[code], restricted=book is Book.ACCOUNTS))
    return found


def by_rules(profiles: Iterable[Profile]) -> list[Form]:
    """Return the registers as each rule set words them."""
    return [_form(profile, register) for profile in profiles for register in profile.registers if register.columns]


def find(code: str, profiles: Mapping[str, Profile]) -> Form:
    """Return the form with this code. Raises NotFound."""
    for form in (*main(profiles), *by_rules(profiles.values())):
        if form.code == code:
            return form
    raise NotFound("register.unknown")


def extra_fields(profiles: Iterable[Profile]) -> dict[str, Field]:
    """Return the procedures' extra fields by their names, which may stand as headings."""
    return {field.name: field for profile in profiles for kind in profile.kinds for field in kind.fields}


def _register(profile: Profile | None, code: str) -> Register | None:
    return next((one for one in profile.registers if one.code == code), None) if profile else None


def _form(profile: Profile, register: Register) -> Form:
    book = Book.CONTACTS if _OF_CONTACTS & set(register.columns) else Book.CASES
    book = Book.ACCOUNTS if register.code in _OF_ACCOUNTS else book
    clerks = any(kind.code == STAFF for kind in profile.kinds)
    part = STAFF if register.code in _OF_STAFF else CLIENT if clerks and book is Book.CASES else ""
    basis = f"《{profile.authority}》{register.article}"
    code = f"{profile.id}.{register.code}"
    return Form(code, register.name, book, register.columns, basis, part, register.restricted)
