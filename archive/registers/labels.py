"""Chinese words and sentences of the registers."""

from archive.registers.models import Book, OrderState

WORDS = {
    Book: {
        Book.CONTACTS: "接待登记",
        Book.CASES: "投诉登记",
        Book.LETTERS: "发文登记",
        Book.SLIPS: "转交登记",
        Book.ACCOUNTS: "问责登记",
    },
    OrderState: {OrderState.WAITING: "正在办理", OrderState.DONE: "已完成", OrderState.FAILED: "没有完成"},
}


def check_result(year: int, sound: bool, blanked: int) -> str:
    """Return what checking a closed volume showed."""
    if not sound:
        return f"{year} 年登记簿与封存时的校验值不符，请立即报告系统管理员和审计员。"
    return f"{year} 年登记簿与封存时一致。" + (
        f"其中 {blanked} 行的案卷已依规销毁，仅存号码与校验值。" if blanked else ""
    )


REFUSALS = {
    "register.unknown": "没有这种登记簿。请从登记簿目录中选择。",
    "register.running": "{year} 年度还没有结束，登记簿要到次年才能封存。",
    "register.unjudged": "还有 {count} 条接待没有判断是否属于受理范围。请先逐条判断，再封存。",
    "register.gaps": "登记簿缺 {count} 号，与编号记录不符，不能封存。请系统管理员核查数据库。",
    "register.volume": "没有第 {number} 册。",
    "register.confirm": "请照样输入年度以确认封存。",
    "register.moved": "封存期间 {year} 年的登记簿有了新的变动，没有封存。请再试一次。",
    "register.ordered": "{year} 年度的登记簿已经在封存，请等它完成。",
    "register.lost": "后台程序没有完成，登记簿没有封存。请再封存一次；仍然不成的，请系统管理员查看后台任务。",
    "register.lost_check": "后台程序没有完成核对。请再核对一次；仍然不成的，请系统管理员查看后台任务。",
    "register.checking": "{year} 年度的登记簿正在核对，请等它完成。",
    "register.no_order": "没有这次封存或核对，或者不是您提出的。",
    "register.unclosed": "这一年度的登记簿还没有封存。",
}
