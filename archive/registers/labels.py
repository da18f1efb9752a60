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
    OrderState: {OrderState.WAITING: "正在封存", OrderState.DONE: "已封存", OrderState.FAILED: "没有封存"},
}

REFUSALS = {
    "register.unknown": "没有这种登记簿。请从登记簿目录中选择。",
    "register.running": "{year} 年度还没有结束，登记簿要到次年才能封存。",
    "register.unjudged": "还有 {count} 条接待没有判断是否属于受理范围。请先逐条判断，再封存。",
    "register.gaps": "登记簿缺 {count} 号，与编号记录不符，不能封存。请系统管理员核查数据库。",
    "register.volume": "没有第 {number} 册。",
    "register.confirm": "请照样输入年度以确认封存。",
    "register.moved": "封存期间 {year} 年的登记簿有了新的变动，没有封存。请再试一次。",
    "register.ordered": "{year} 年度的登记簿已经在封存，请等它完成。",
    "register.no_order": "没有这次封存，或者不是您提出的。",
    "register.unclosed": "这一年度的登记簿还没有封存。",
}
