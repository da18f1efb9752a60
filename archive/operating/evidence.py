"""Made-up evidence for the demonstration: small files of the kinds people bring. All names and numbers are invented."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage

from docx import Document as WordDocument
from PIL import Image, ImageDraw, ImageFont

from archive.documents.kinds import Kind
from archive.letters.fonts import Role, find


@dataclass(frozen=True)
class Story:
    """What the papers of one complaint speak of."""

    complainant: str
    institution: str
    matter: str
    amount: str
    on: date


@dataclass(frozen=True)
class Paper:
    """A file to deposit."""

    filename: str
    kind: Kind
    content: bytes
    source: str


class _GbkInfo(zipfile.ZipInfo):
    """An entry whose name is written in GBK without the flag for UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own hook
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def papers(story: Story, serial: int) -> list[Paper]:
    """Return two to four papers; which ones depends on the serial, so that all kinds occur."""
    makers: list[Callable[[Story], Paper]] = [complaint, contract, statement, scan, mail, archive, chat]
    chosen = [makers[0], makers[1 + serial % 6], makers[1 + (serial + 2) % 6], makers[1 + (serial + 3) % 6]]
    return [maker(story) for maker in chosen[: 2 + serial % 3]]


def complaint(story: Story) -> Paper:
    """A letter of complaint as a plain text file in GB18030, as office programs of old write it."""
    text = (
        f"投诉书\n\n投诉人：{story.complainant}\n被投诉机构：{story.institution}\n\n"
        f"{story.on.year}年{story.on.month}月{story.on.day}日，本人发现{story.matter}，涉及金额{story.amount}元。"
        f"多次致电客服热线反映，均未得到明确答复。\n请求：一、退还{story.amount}元；二、书面说明扣费依据；三、书面道歉。\n"
    )
    return Paper("投诉书.txt", Kind.COMPLAINT_LETTER, text.encode("gb18030"), story.complainant)


def contract(story: Story) -> Paper:
    """A contract as a Word file."""
    word = WordDocument()
    word.add_heading("服务协议", level=1)
    word.add_paragraph(f"甲方：{story.complainant}        乙方：{story.institution}")
    word.add_paragraph("第一条 乙方向甲方提供约定的金融服务，收费项目和标准以乙方公示的价目为准。")
    word.add_paragraph("第二条 乙方调整收费标准的，应当提前三十日以短信或者书面方式告知甲方，甲方有权选择终止服务。")
    table = word.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "收费项目", "标准（元）"
    for item, price in (("账户管理费", "0.00"), ("短信服务费", "3.00/月"), ("提前还款违约金", "剩余本金的1%")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = item, price
    out = io.BytesIO()
    word.save(out)
    return Paper("服务协议.docx", Kind.CONTRACT, out.getvalue(), story.complainant)


def statement(story: Story) -> Paper:
    """A statement of account as CSV."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["交易日期", "摘要", "支出", "收入", "余额"])
    rows.writerow([story.on.isoformat(), "手续费", story.amount, "", "12,034.50"])
    rows.writerow([story.on.replace(day=1).isoformat(), "工资", "", "8,600.00", "14,920.00"])
    return Paper("账户流水.csv", Kind.BILL, out.getvalue().encode("utf-8-sig"), story.institution)


def scan(story: Story) -> Paper:
    """A photographed receipt: its text is found only by recognition."""
    face = next(iter(find().stacks[Role.HEI]), None)
    font = ImageFont.truetype(str(face.path), 40, index=face.index) if face else ImageFont.load_default(40)
    image = Image.new("L", (1000, 1300), 250)
    pen = ImageDraw.Draw(image)
    lines = [
        "业务回单",
        f"客户名称：{story.complainant}",
        f"经办机构：{story.institution[:16]}",
        "业务类型：手续费扣收",
    ]
    lines += [f"金额：人民币 {story.amount} 元", f"日期：{story.on.isoformat()}", "本回单不作为合同凭据使用"]
    for at, line in enumerate(lines):
        pen.text((90, 120 + at * 90), line, font=font, fill=40)
    pen.rectangle((60, 80, 940, 800), outline=90, width=3)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return Paper("回单照片.jpg", Kind.RECEIPT, out.getvalue(), story.complainant)


def mail(story: Story) -> Paper:
    """A mail with an attachment."""
    message = EmailMessage()
    message["Subject"] = f"关于{story.matter}的答复"
    message["From"], message["To"] = "kefu@example.invalid", "kehu@example.invalid"
    message["Date"] = f"{story.on:%d %b %Y} 09:30:00 +0800"
    message.set_content(
        f"{story.complainant}您好：\n\n您反映的{story.matter}一事已收到，我们正在核实，将在十五日内答复。\n"
    )
    message.add_attachment(
        "经核查，该笔费用系系统自动扣收。".encode(), maintype="text", subtype="plain", filename="核查说明.txt"
    )
    return Paper("机构来信.eml", Kind.MAIL, bytes(message), story.institution)


def archive(story: Story) -> Paper:
    """A zip whose names are in GBK, as Windows in China writes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, text in (
            ("通话记录.txt", f"客服表示{story.matter}属于正常收费。"),
            ("短信截图说明.txt", "截图显示扣费前未收到任何提示。"),
        ):
            zipped.writestr(_GbkInfo(name), text.encode("gb18030"))
    return Paper("补充材料.zip", Kind.STATEMENT, out.getvalue(), story.complainant)


def chat(story: Story) -> Paper:
    """A saved chat as a web page; it is read as text and never shown as a page."""
    html = (
        "<html><head><meta charset='utf-8'><title>聊天记录</title></head><body>"
        f"<p>我：为什么扣了{story.amount}元？</p><p>客服：系统显示您已同意开通。</p><p>我：我没有同意过，请提供凭证。</p>"
        "<script>alert('x')</script></body></html>"
    )
    return Paper("聊天记录.html", Kind.CHAT_LOG, html.encode(), story.complainant)
