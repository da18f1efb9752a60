"""Chinese words and sentences of printouts."""

from archive.printing.models import PrintState

WORDS = {
    PrintState: {PrintState.WAITING: "正在排版", PrintState.READY: "已就绪", PrintState.FAILED: "排版失败"},
}

REFUSALS = {
    "printout.unknown": "没有这份打印件，或者它尚未就绪、已过一天被清除。请回到原页面重新打印。",
}
