"""Evidence by the upload page: many files at once, refusals before sending, and trying again."""

from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys import papers
from tests.journeys.browsing import Desks
from tests.journeys.conftest import MOST_BYTES, Service


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-list] tbody tr", has_text=name)


def test_many_files_at_once_each_with_its_own_result(desks: Desks, service: Service, tmp_path: Path) -> None:
    number = service.number("investigating")
    page = desks.of("officer")
    page.goto(f"/dossiers/{number}/documents/")
    before = page.locator("table.contents tbody tr").count()
    page.get_by_role("link", name="上传材料").click()
    expect(page.locator("[data-upload]")).to_contain_text("每个文件最大 8.0 MB")

    files = {
        "催收证据.zip": papers.gbk_zip(),
        "回单扫描.png": papers.scan(),
        "情况说明.txt": "情况说明：以上属实。".encode("gb18030"),
        "中断.txt": "线路中断的一份。".encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    large = papers.hollow(tmp_path / "全部录音.wav", MOST_BYTES + 1)
    page.locator("[data-files]").set_input_files([*(tmp_path / name for name in files), large])
    # Told before anything is sent.
    expect(row(page, "全部录音.wav")).to_contain_text("文件过大")
    expect(row(page, "回单扫描.png")).to_contain_text("等待上传")
    page.get_by_label("来源").fill("投诉人提供")
    row(page, "回单扫描.png").get_by_label("种类").select_option(label="票据凭证")

    # One of them fails for good.
    failing: list[str] = []

    def refuse_once(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        if "线路中断".encode() in body and not failing:
            failing.append(route.request.url)
            route.fulfill(status=400, body="")
        else:
            route.continue_()

    desks.refused(400)
    page.route("**/api/v1/uploads/*", refuse_once)
    page.get_by_role("button", name="开始上传").click()
    expect(page.locator("[data-summary]")).to_have_text("已入卷 3 个，失败 1 个，不能上传 1 个", timeout=30_000)
    expect(row(page, "中断.txt")).to_contain_text("400")
    page.get_by_role("button", name="重试失败的文件").click()
    expect(page.locator("[data-summary]")).to_have_text("已入卷 4 个，不能上传 1 个")
    for name in files:
        expect(row(page, name).get_by_role("link", name="已入卷")).to_be_visible()

    page.get_by_role("link", name="查看卷内目录").click()
    rows = page.locator("table.contents tbody tr")
    expect(rows).to_have_count(before + 4)
    scan = rows.filter(has_text="回单扫描.png")
    expect(scan).to_contain_text("票据凭证")
    expect(scan).to_contain_text("投诉人提供")


def test_the_same_bytes_are_pointed_out_and_kept(desks: Desks, service: Service, tmp_path: Path) -> None:
    number = service.number("mediating")
    page = desks.of("officer")
    for round_ in range(2):
        page.goto(f"/dossiers/{number}/documents/add")
        (tmp_path / f"短信{round_}.txt").write_text("完全相同的一份短信记录。", encoding="utf-8")
        page.locator("[data-files]").set_input_files(tmp_path / f"短信{round_}.txt")
        page.get_by_role("button", name="开始上传").click()
        expect(row(page, "短信")).to_contain_text("已入卷")
    expect(row(page, "短信1.txt")).to_contain_text("《短信0》")


def test_the_order_of_the_contents_is_changed_by_keyboard(desks: Desks, service: Service) -> None:
    number = service.number("mediating")
    page = desks.of("officer")
    for name in ("甲.txt", "乙.txt"):
        page.goto(f"/dossiers/{number}/documents/add")
        page.locator("[data-files]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": name.encode()})
        page.get_by_role("button", name="开始上传").click()
        expect(row(page, name)).to_contain_text("已入卷")
    page.goto(f"/dossiers/{number}/documents/")
    titles = page.locator("table.contents a.row-link")
    assert titles.all_inner_texts()[-2:] == ["甲", "乙"]
    titles.last.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(titles.last).to_have_text("甲")
    # The keyboard stays with the row that moved.
    expect(titles.nth(-2)).to_be_focused()
