"""Chinese words for what reading a file came to: what happened, and what a person can do about it."""

from collections.abc import Mapping
from typing import Any

from archive.extraction.values import State

STATES: dict[State, str] = {
    State.READ: "已读取文字",
    State.NO_TEXT: "无文字内容",
    State.EMPTY: "空文件",
    State.ENCRYPTED: "已加密",
    State.BROKEN: "文件损坏",
    State.UNSUPPORTED: "格式暂不支持",
    State.REFUSED: "超出限制，未展开",
    State.TOO_COSTLY: "读取耗用过大，已停止",
}

# Headers of a mail, in the order they are shown at the top of its text.
MAIL_HEADERS = {"subject": "主题", "from": "发件人", "to": "收件人", "cc": "抄送", "date": "时间"}

KEPT = "原件已完整保存。"
ASK_AGAIN = "请向提交人索取完好的文件后另行提交。"
ASK_UNLOCKED = "请向提交人索取密码或未加密的文件，解密后另行提交。"

REASONS: dict[str, str] = {
    "empty": "文件大小为零，没有内容。请核对提交人是否误传。",
    "kind.unknown": f"无法识别的文件格式，未读取文字。{KEPT}可转换为 PDF、图片或文本后另行提交。",
    "kind.archive": f"此压缩格式（RAR、7z、gz 等）不能展开。{KEPT}请解压后提交其中的文件，或改用 ZIP 压缩。",
    "kind.picture": f"此图片格式（HEIC 等）不能读取。{KEPT}请另存为 JPG 或 PNG 后再提交一份。",
    "media.audio": "录音文件，不含可读取的文字；可在线播放。",
    "media.video": "录像文件，不含可读取的文字；可在线播放。",
    "image.no_words": "图片中未识别出文字。",
    "image.broken": f"图片无法打开，可能已损坏。{KEPT}{ASK_AGAIN}",
    "image.torn": f"图片数据不完整，只读取了完好的部分。{KEPT}{ASK_AGAIN}",
    "image.pixels": f"图片尺寸过大（{{found}} 像素，上限 {{limit}}），未作识别。{KEPT}可缩小后另行提交。",
    "ocr.missing": "本机未安装文字识别组件，图片或扫描页未读取文字；可在安装识别组件后重试。",
    "pdf.encrypted": f"PDF 需要密码才能打开，未读取文字。{KEPT}{ASK_UNLOCKED}",
    "pdf.broken": f"PDF 无法打开，可能已损坏或不完整。{KEPT}{ASK_AGAIN}",
    "pdf.page_broken": f"PDF 中有页面无法打开，其余页面已读取。{KEPT}",
    "pdf.attachment": f"PDF 中有附件无法取出，正文已读取。{KEPT}",
    "pdf.no_words": "PDF 中没有文字，页面图像中也未识别出文字。",
    "office.encrypted": f"文档已加密，需要密码才能打开，未读取文字。{KEPT}{ASK_UNLOCKED}",
    "office.old": f"早期版本的办公文档（Word 95 及更早等），未读取文字。{KEPT}可另存为新格式或 PDF 后再提交一份。",
    "doc.broken": f"Word 文档结构已损坏，未读取文字。{KEPT}{ASK_AGAIN}",
    "package.broken": f"文档无法打开，可能已损坏或不完整。{KEPT}{ASK_AGAIN}",
    "package.torn": f"文档不完整，只读取了能够恢复的文字。{KEPT}{ASK_AGAIN}",
    "package.part_broken": f"文档中有部分内容损坏，其余文字已读取。{KEPT}",
    "package.size": f"文档展开后过大（{{found}} 字节，上限 {{limit}}），可能是恶意文件，未读取。{KEPT}",
    "document.no_words": "文档中没有文字。",
    "xml.broken": f"XML 内容不完整，只读取了能够恢复的文字。{KEPT}",
    "text.encoding": "无法确定文本的编码，部分文字可能显示为乱码。可另存为 UTF-8 后再提交一份。",
    "text.long": "文字过长，只读取了前一部分；其余部分不能检索。",
    "mail.broken": f"邮件无法解析，未读取文字。{KEPT}{ASK_AGAIN}",
    "mail.attachment": f"邮件中有附件无法取出，其余内容已读取。{KEPT}",
    "mail.body": f"邮件正文无法解析，其余内容已读取。{KEPT}",
    "zip.broken": f"压缩包无法打开，可能已损坏或不完整，未展开。{KEPT}{ASK_AGAIN}",
    "zip.empty": "压缩包内没有文件。",
    "zip.encrypted": f"压缩包已加密，未展开。{KEPT}{ASK_UNLOCKED}",
    "zip.part_encrypted": f"压缩包中有文件已加密，未展开；其余文件已展开。{KEPT}{ASK_UNLOCKED}",
    "zip.part_broken": f"压缩包中有文件损坏或压缩方法不支持，未展开；其余文件已展开。{KEPT}",
    "zip.entry_size": f"压缩包中有文件过大（展开后 {{found}} 字节，上限 {{limit}}），未展开。{KEPT}请解压后单独提交。",
    "zip.ratio": f"压缩比异常（{{found}} 倍，上限 {{limit}} 倍），疑为压缩炸弹，未展开。{KEPT}请解压后提交其中的文件。",
    "zip.itself": f"压缩包中包含它自身，可无限展开，属恶意文件，未展开。{KEPT}",
    "container.count": f"其中的文件过多（{{found}} 个，上限 {{limit}} 个），未展开。{KEPT}请分批提交。",
    "container.size": f"各层展开后合计过大（{{found}} 字节，上限 {{limit}}），未展开。{KEPT}请分成较小的压缩包提交。",
    "container.depth": f"嵌套层数过多（上限 {{limit}} 层），未继续展开。{KEPT}请解压后直接提交其中的文件。",
    "time": f"读取超过时间上限，已停止。{KEPT}可稍后重试，或拆分后提交。",
    "time.partial": f"读取超过时间上限，只读取了前一部分。{KEPT}可稍后重试，或拆分后提交。",
    "memory": f"读取所需内存超过上限，已停止。{KEPT}可转换为 PDF 或拆分后提交。",
    "memory.partial": f"读取所需内存超过上限，只读取了前一部分。{KEPT}可转换为 PDF 或拆分后提交。",
    "disk": f"服务器磁盘空间不足，未能读取。{KEPT}请联系系统管理员处理后重试。",
    "disk.partial": f"服务器磁盘空间不足，只读取了前一部分。{KEPT}请联系系统管理员处理后重试。",
    "crash": f"读取程序处理此文件时异常退出，文件可能已损坏。{KEPT}可重试，或转换为 PDF 后提交。",
    "crash.partial": f"读取程序处理此文件时异常退出，只读取了前一部分。{KEPT}可重试，或转换为 PDF 后提交。",
    "broken": f"文件内容与其格式不符，无法读取。{KEPT}{ASK_AGAIN}",
    "broken.partial": f"文件部分内容无法读取，其余文字已读取。{KEPT}{ASK_AGAIN}",
    "converter.missing": "本机未安装转换程序（LibreOffice），不能生成页面图像；仍可下载原件查看。",
    "converter.failed": "转换程序未能打开此文件，不能生成页面图像；仍可下载原件查看。",
    "preview.kind": "此格式没有页面图像；请下载原件查看。",
    "preview.page": "没有这一页。",
}


def sentence(reason: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence for a reason, filled with the figures among the facts; empty for no reason."""
    text = REASONS[reason] if reason else ""
    return text.format(found=figure(facts.get("found")), limit=figure(facts.get("limit")))


def figure(value: object) -> str:
    """Return a number with thousands set apart."""
    return f"{value:,}" if isinstance(value, int) else "不详"
