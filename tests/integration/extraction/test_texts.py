"""What ordinary files say, in each of the formats people bring."""

import io
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from PIL import Image
from pptx import Presentation

from archive.extraction import State, highlight_boxes
from archive.extraction.readers import ocr
from tests.integration.extraction import files
from tests.integration.extraction.conftest import Reader

STATEMENT = "关于王小明投诉某某银行的情况说明"
needs_ocr = pytest.mark.skipif(not ocr.available(), reason="text recognition is not installed")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
def test_a_text_is_read_in_whatever_encoding_it_was_saved(read: Reader, encoding: str) -> None:
    found = read((STATEMENT + "\r\n日期,金额\r\n2026-03-01,1234.56\r\n").encode(encoding), "流水.csv")
    assert (found.state, found.reason, found.media_type) == (State.READ, "", "text/csv")
    assert found.text == STATEMENT + "\n日期,金额\n2026-03-01,1234.56"


def test_a_traditional_text_in_big5_is_not_taken_for_gb18030(read: Reader) -> None:
    assert "銀行客戶投訴" in read("關於銀行客戶投訴的說明，請答覆。".encode("big5"), "說明.txt").text


def test_a_long_text_is_cut_at_ends_of_paragraphs_and_loses_nothing(read: Reader) -> None:
    lines = [f"第{number}条 " + "甲方应当按照约定还款。" * 9 for number in range(300)]
    found = read("\n".join(lines).encode(), "合同.txt")
    assert len(found.pages) > 8
    assert "\n".join(page.text for page in found.pages) == "\n".join(lines)
    assert [page.no for page in found.pages] == list(range(1, len(found.pages) + 1))


def test_a_docx_gives_paragraphs_tables_headers_and_no_deleted_words(read: Reader) -> None:
    body = (
        "<w:p><w:r><w:t>第一段</w:t></w:r><w:del><w:r><w:delText>删去的话</w:delText></w:r></w:del></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>日期</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>事项</w:t></w:r></w:p></w:tc></w:tr>"
        "</w:tbl><w:p><w:r><w:t>银</w:t></w:r><w:r><w:t>行</w:t></w:r></w:p>"
    )
    package = files.with_part(files.a_docx(), "word/document.xml", files.word_part(body))
    package = files.with_part(package, "word/header1.xml", files.word_part("<w:p><w:r><w:t>页眉</w:t></w:r></w:p>"))
    assert read(package, "说明.docx").text == "第一段\n日期\t事项\n银行\n页眉"


def test_the_old_office_formats_are_read_without_any_converter(read: Reader) -> None:
    doc = read(files.SAMPLES / "statement.doc", "说明.doc")
    assert doc.text == STATEMENT + "\n编号 2026-TS-000123，涉及金额 1234.56 元\n日期\t事项\n2026-03-01\t电话回访"
    assert (
        read(files.SAMPLES / "ledger.xls", "流水.xls").text == "流水\n日期\t金额\n2026-03-01\t1234.5\n2026-03-02\t200"
    )
    assert read(files.a_ppt("投诉处理培训", "第一讲"), "培训.ppt").text == "投诉处理培训\n第一讲"


def test_each_sheet_is_a_page_and_figures_read_as_written(read: Reader) -> None:
    found = read(files.an_xlsx([["账号", "金额"], ["6222021234567890123", 1234.5], [None, 200.0]]), "流水.xlsx")
    assert [page.label for page in found.pages] == ["流水"]
    assert found.text == "流水\n账号\t金额\n6222021234567890123\t1234.5\n\t200"


def test_slides_come_in_their_order_with_notes(read: Reader) -> None:
    show = Presentation()
    for title in ("受理", "调查"):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
        slide.notes_slide.notes_text_frame.text = f"{title}备注"
    order = show.slides._sldIdLst
    order.append(order[0])  # the first slide is shown last
    buffer = io.BytesIO()
    show.save(buffer)
    assert [page.text for page in read(buffer.getvalue(), "培训.pptx").pages] == ["调查\n调查备注", "受理\n受理备注"]


def test_open_documents_give_paragraphs_sheets_and_slides(read: Reader) -> None:
    text = files.an_odf(
        "text", "<office:text><text:h>标题</text:h>\n <text:p>甲<text:s text:c='2'/>乙</text:p></office:text>"
    )
    assert read(text, "a.odt").text == "标题\n甲  乙"
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell.format('日期')}{cell.format('金额')}</table:table-row>"
    sheet = f"<office:spreadsheet><table:table table:name='一月'>{row}</table:table></office:spreadsheet>"
    page = read(files.an_odf("spreadsheet", sheet), "a.ods").pages[0]
    assert (page.label, page.text) == ("一月", "日期\t金额")
    pages = "".join(f"<draw:page><text:p>{word}</text:p></draw:page>" for word in "一二")
    slides = f"<office:presentation>{pages}</office:presentation>"
    assert [page.text for page in read(files.an_odf("presentation", slides), "a.odp").pages] == ["一", "二"]


def test_rtf_in_the_chinese_code_page_is_read(read: Reader) -> None:
    letters = "".join(f"\\'{byte:02x}" for byte in STATEMENT.encode("gbk"))
    found = read(f"{{\\rtf1\\ansi\\ansicpg936 {letters}\\par}}".encode(), "说明.rtf")
    assert (found.media_type, found.text) == ("application/rtf", STATEMENT)


def test_html_and_svg_give_what_they_show_and_no_script(read: Reader) -> None:
    page = (
        "<html><head><meta charset=gb2312><title>回执</title><style>b{}</style></head>"
        "<body><script>bad()</script><p>甲<b>乙</b></p>丙</body></html>"
    )
    assert read(page.encode("gbk"), "页面.htm").text == "回执\n甲乙\n丙"
    drawing = "<svg xmlns='http://www.w3.org/2000/svg'><script>bad()</script><text>盖章处</text></svg>"
    found = read(drawing.encode(), "章.svg")
    assert (found.media_type, found.text) == ("image/svg+xml", "盖章处")


def test_a_pdf_gives_each_page_with_the_place_of_its_letters(read: Reader) -> None:
    found = read(files.a_pdf(STATEMENT, "第二页"), "说明.pdf")
    assert [page.text for page in found.pages] == [STATEMENT, "第二页"]
    first = found.pages[0]
    assert (first.width, first.height) == (595, 842)
    (bank,) = highlight_boxes(first, 9, 11)  # 某银 of 某某银行: letters of 20 points, the tenth begins at 60 + 9 * 20
    assert bank.x0 == pytest.approx((60 + 9 * 20) / 595, abs=0.01)
    assert bank.x1 == pytest.approx((60 + 11 * 20) / 595, abs=0.01)
    assert bank.y0 < 1 - 765 / 842 < bank.y1


def test_on_a_turned_page_the_place_is_where_the_letters_are_seen(read: Reader) -> None:
    page = read(files.a_pdf(STATEMENT, rotate=90), "横页.pdf").pages[0]
    (whole,) = highlight_boxes(page, 0, 1000)
    assert whole.x0 > 0.85
    assert whole.y0 == pytest.approx(60 / 595, abs=0.01)
    assert whole.y1 == pytest.approx((60 + 16 * 20) / 595, abs=0.01)


def test_ofd_text_has_its_place_too(read: Reader) -> None:
    found = read(files.an_ofd("电子发票", "金额 壹佰元"), "发票.ofd")
    assert found.text == "电子发票\n金额 壹佰元"
    assert highlight_boxes(found.pages[0], 5, 7)[0].y0 == pytest.approx(0.2)


def test_a_chinese_mail_is_read_and_its_attachments_handed_out(read: Reader) -> None:
    inner = EmailMessage()
    inner["Subject"], inner["Date"] = "转发的原邮件", "Sun, 01 Mar 2026 09:00:00 +0800"
    inner.set_content("原文", charset="utf-8")
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = "投诉材料", "wang@example.com", "Mon, 02 Mar 2026 10:00:00 +0800"
    mail.set_content("请查收附件。", charset="gb18030")
    mail.add_alternative("<p>请查收附件。</p>", subtype="html", charset="gb18030")
    mail.add_attachment("甲方".encode("gbk"), "text", "plain", filename="合同.txt")
    mail.add_attachment(inner)
    found = read(mail.as_bytes(policy=SMTP), "投诉.eml")
    assert found.text.startswith("主题：投诉材料\n发件人：wang@example.com\n")
    assert found.text.count("请查收附件") == 1
    assert found.facts["sent_at"] == "2026-03-02T10:00:00+08:00"
    assert [child.name for child in found.children] == ["合同.txt", "转发的原邮件.eml"]
    assert found.children[0].path.read_bytes().decode("gbk") == "甲方"
    assert found.children[1].sent_at == "2026-03-01T09:00:00+08:00"
    assert "原文" in read(found.children[1].path, found.children[1].name).text


def test_raw_gb18030_in_headers_and_body_is_read_whatever_they_declare(read: Reader) -> None:
    lines = ["From: 王小明 <w@example.com>", "Subject: 投诉银行", "Content-Type: text/plain; charset=iso-8859-1", "",
             "误导销售理财产品"]  # fmt: skip
    found = read("\r\n".join(lines).encode("gb18030"), "a.eml")
    assert found.facts["subject"] == "投诉银行"
    assert found.facts["sender"] == "王小明 <w@example.com>"
    assert found.text.endswith("误导销售理财产品")


def test_a_mailbox_is_taken_apart(read: Reader) -> None:
    one = "From a@b Mon Mar  2 10:00:00 2026\nSubject: 第{}封\nFrom: a@b\n\n正文\n>From 引文\n\n"
    found = read((one.format("一") + one.format("二")).encode(), "导出.mbox")
    assert [child.name for child in found.children] == ["第一封.eml", "第二封.eml"]
    assert found.children[1].path.read_bytes().endswith("\nFrom 引文\n\n".encode())


@pytest.mark.parametrize(
    ("encoding", "subject", "body"),
    [("gb18030", "客户投诉", "我的存款少了一千元"), ("big5", "客戶投訴", "我的存款少了一千元")],
)
def test_an_outlook_message_is_read_though_it_names_no_code_page(
    read: Reader, encoding: str, subject: str, body: str
) -> None:
    found = read(files.a_msg(subject, body, encoding), "a.msg")
    assert (found.state, found.facts["subject"]) == (State.READ, subject)
    assert found.text.endswith(body)


@needs_ocr
def test_words_in_a_picture_are_recognised_with_their_place(read: Reader) -> None:
    found = read(files.SAMPLES / "notice.png", "照片.png")
    page = found.pages[0]
    assert (found.state, page.source) == (State.READ, "ocr")
    assert page.text == "关于王小明投诉某某银行的\n受理告知书 2026-TS-000123"
    (number,) = highlight_boxes(page, page.text.index("2026"), len(page.text))
    assert number.x0 == pytest.approx(0.44, abs=0.05)
    assert number.y0 > 0.5


@needs_ocr
def test_pictures_are_read_as_the_camera_was_held_and_page_by_page(read: Reader) -> None:
    upright = Image.open(files.SAMPLES / "notice.png").convert("L")
    exif = Image.Exif()
    exif[0x0112] = 8  # turned by a quarter
    turned, frames = io.BytesIO(), io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_270).save(turned, "JPEG", exif=exif)
    upright.save(frames, "TIFF", save_all=True, append_images=[upright])
    assert "王小明投诉" in read(turned.getvalue(), "手机照片.jpg").text
    assert ["王小明投诉" in page.text for page in read(frames.getvalue(), "传真.tif").pages] == [True, True]


@needs_ocr
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_scan_lying_on_its_side_or_head_is_read_and_marked_where_it_is(read: Reader, angle: int) -> None:
    notice, buffer = Image.open(files.SAMPLES / "notice.png").convert("L"), io.BytesIO()
    notice.rotate(angle, expand=True, fillcolor=255).save(buffer, "PNG")
    page = read(buffer.getvalue(), "扫描.png").pages[0]
    assert page.text == "关于王小明投诉某某银行的\n受理告知书 2026-TS-000123"
    first = highlight_boxes(page, 0, 1)[0]  # 关 stands at (0.09, 0.2) of the upright page
    x, y = (first.x0 + first.x1) / 2, (first.y0 + first.y1) / 2
    assert (x, y) == pytest.approx({90: (0.2, 0.91), 180: (0.91, 0.8), 270: (0.8, 0.09)}[angle], abs=0.04)


@needs_ocr
def test_a_scanned_pdf_and_a_pasted_screenshot_are_recognised(read: Reader) -> None:
    picture = (files.SAMPLES / "notice.png").read_bytes()
    scan = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("L").save(scan, "PDF", resolution=100)
    page = read(scan.getvalue(), "扫描件.pdf").pages[0]
    assert (page.source, page.text.splitlines()[0]) == ("ocr", "关于王小明投诉某某银行的")
    pasted = read(files.with_part(files.a_docx("截图如下："), "word/media/image1.png", picture), "聊天记录.docx")
    assert [page.source for page in pasted.pages] == ["text", "ocr"]
    assert "受理告知书" in pasted.pages[1].text


@needs_ocr
def test_a_long_screenshot_is_read_to_its_end(read: Reader) -> None:
    notice = Image.open(files.SAMPLES / "notice.png").convert("L")
    long = Image.new("L", (notice.width, notice.height * 6), 255)
    for number in range(6):
        long.paste(notice, (0, notice.height * number))
    buffer = io.BytesIO()
    long.save(buffer, "PNG")
    assert read(buffer.getvalue(), "长截图.png").text.count("2026-TS-000123") == 6
