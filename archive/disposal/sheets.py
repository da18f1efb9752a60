"""Papers as PDF/A: 销毁清册 that is signed, 销毁证明 beside its JSON, 移交清册, 四性检测报告 of a dossier."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from archive.core.clock import SHANGHAI
from archive.core.labels import label
from archive.core.ports import ports
from archive.disposal import queries
from archive.disposal.kinds import LineState
from archive.disposal.models import DisposalLine, DisposalList
from archive.disposal.operations import OFF
from archive.disposal.rules import BACKUPS_LAST
from archive.disposal.transfer_models import Transfer
from archive.letters import typeset
from archive.letters.content import Block, Column, Form, Letter, Paragraph, Row, Style, Table

_HEAD = (Column(5), Column(11), Column(5), Column(11), Column(5), Column(9))
_COLUMNS = (
    Column(2.2, "序号"), Column(8.4, "档号"), Column(7.2, "案件编号"), Column(6, "题名"), Column(4.8, "办结日期"),
    Column(2.8, "保管期限"), Column(4.8, "保管至"), Column(2.2, "件数"), Column(2.6, "文件数"), Column(3.6, "字节数"),
    Column(3.6, "处理"),
)  # fmt: skip


def disposal_list(found: DisposalList) -> bytes:
    """Return the list as PDF, with room for the signatures."""
    lines = [line for line in found.lines if line.state not in OFF]
    people = sorted({one.person_name for line in lines for one in line.appraisals})
    blocks = [
        *_form(
            ("清册编号", found.number, "全宗号", ports().settings.fonds, "案卷数量", f"{len(lines)}卷"),
            ("提出人", found.proposed_by_name, "提出日期", _day(found.proposed_at), "形成日期", _day(found.listed_at)),
            ("鉴定人", "、".join(people)),
            ("清册校验值", found.list_hash),
        ),
        _lines(lines),
        Paragraph(
            Style.BODY,
            "以上案卷经鉴定无继续保存价值，提请批准销毁。批准人对上列校验值签字；清册有任何变动，批准即失效。",
        ),
        Table((Column(8), Column(11), Column(6), Column(11)), (
            Row(("批准人签名（分管负责人）", "", "批准人签名（法律合规）", ""), 3),
            Row(("监销人签名", "", "监销人签名", ""), 3),
        )),
    ]  # fmt: skip
    return _pdf("档案销毁清册", blocks)


def certificate(found: DisposalList) -> bytes:
    """Return what the certificate proves as PDF; it names the JSON certificate by its SHA-256."""
    finished = max((line.destroyed_at for line in found.lines if line.destroyed_at), default=found.certified_at)
    gone = [line for line in found.lines if line.state is LineState.DESTROYED]
    approvals = "；".join(f"{one.person_name} {_moment(one.at)}" for one in queries.counting(found))
    witnesses = "；".join(f"{one.person_name} {_moment(one.at)}" for one in found.witnesses)
    backups = (finished + BACKUPS_LAST).astimezone(SHANGHAI).date().isoformat() if finished else ""
    blocks = [
        *_form(
            ("清册编号", found.number, "全宗号", ports().settings.fonds, "销毁案卷", f"{len(gone)}卷"),
            ("提出人", found.proposed_by_name, "批准完成", _moment(found.approved_at),
             "开始销毁", _moment(found.started_at)),
            ("启动人", found.started_by_name, "销毁完成", _moment(finished), "备份清除", backups),
            ("批准人", approvals),
            ("监销人", witnesses),
            ("清册校验值", found.list_hash),
            ("证明校验值", found.certificate_sha256),
        ),
        _lines([line for line in found.lines if line.state not in OFF]),
        Paragraph(
            Style.BODY,
            f"上列“已销毁”的案卷共{sum(line.objects for line in gone)}个文件、{sum(line.size for line in gone)}字节，"
            "已从存储系统、数据库、检索索引和缓存中清除，逐个文件的存储键、版本号、大小、SHA-256和清除时间载于同名数据文件，其SHA-256"
            "即上列证明校验值。备份中的副本至迟于上列日期失效。本证明永久保存，任何改动都可由校验值发现。",
        ),
    ]  # fmt: skip
    return _pdf("档案销毁证明", blocks)


def transfer_list(found: Transfer) -> bytes:
    """Return the list of what is handed over as PDF, with room for both sides' signatures."""
    rows = tuple(
        Row((str(line.seq), line.filed_number, line.number, line.title, str(line.year), line.period, str(line.items),
             str(line.objects), str(line.size), line.package_hash.removeprefix("sha256:")[:16]))
        for line in found.lines
    )  # fmt: skip
    columns = (
        Column(2.2, "序号"), Column(9, "档号"), Column(6.5, "案件编号"), Column(8.5, "题名"), Column(2.8, "年度"),
        Column(2.8, "保管期限"), Column(2, "件数"), Column(2.4, "文件数"), Column(4.4, "字节数"),
        Column(6, "封装包校验值"),
    )  # fmt: skip
    blocks = [
        *_form(
            ("清册编号", found.number, "全宗号", ports().settings.fonds, "案卷数量", f"{len(found.lines)}卷"),
            ("移交单位", ports().settings.office_name, "接收单位", found.receiver, "封装日期", _day(found.packed_at)),
            ("提出人", found.proposed_by_name, "批准人", found.approved_by_name, "批准日期", _day(found.approved_at)),
            ("依据", found.basis),
            ("清册校验值", found.list_hash),
        ),
        Table(columns, rows),
        Paragraph(
            Style.BODY,
            "封装包校验值为封装包（ZIP文件）SHA-256的前16位，包内verify.py可供接收方离线核验。移交前已逐卷通过真实性、完整性、可用性、安全性检测。",
        ),
        Table((Column(8), Column(11), Column(6), Column(11)), (
            Row(("移交人签名、日期", "", "接收人签名、日期", ""), 3),
        )),
    ]  # fmt: skip
    return _pdf("档案移交清册", blocks)


def examination(found: Mapping[str, Any]) -> bytes:
    """Return what an examination of a dossier found as PDF; `found` as `filing_papers.examination` returns it."""
    rows = tuple(
        Row((str(number), one["property"], one["what"], one["result"], one["about"]))
        for number, one in enumerate(found["checks"], start=1)
    )
    blocks: list[Block] = [
        Table((Column(5), Column(9), Column(5), Column(9)), (
            Row(("档号", found["filed_number"], "案件编号", found["number"])),
            Row(("检测环节", found["occasion"], "检测时间", found["at"])),
            Row(("检测人", found["by"], "结论", found["conclusion"])),
        )),
        Table((Column(5), Column(23)), (Row(("题名", found["title"])),)),
        Table(
            (Column(2.2, "序号"), Column(4, "性质"), Column(9, "检测项目"), Column(4, "结果"), Column(8.8, "涉及材料")),
            rows,
        ),
        Paragraph(Style.BODY, "检测项目参照《文书类电子档案检测一般要求》（DA/T 70—2018）。“未检测”的项目不作为合格。"),
    ]  # fmt: skip
    return _pdf("电子档案四性检测报告", blocks, landscape=False)


def _lines(lines: Iterable[DisposalLine]) -> Table:
    return Table(
        _COLUMNS,
        tuple(
            Row((str(line.seq), line.filed_number, line.number, line.title, line.closed_on.isoformat(),
                 "永久" if line.rule_years is None else f"{line.rule_years}年", line.last_day.isoformat(),
                 str(line.items), str(line.objects), str(line.size), label(line.state)))
            for line in lines
        ),
    )  # fmt: skip


def _form(*rows: Sequence[str]) -> list[Block]:
    return [Table(_HEAD, tuple(Row(tuple(cells)) for cells in rows))]


def _pdf(title: str, blocks: Sequence[Block], *, landscape: bool = True) -> bytes:
    from archive.letters import pdf  # here: the renderer loads slowly, and only the worker sets papers

    return pdf.render(
        Letter(
            kind="disposal-list",
            form=Form.SHEET,
            template="",
            office=ports().settings.office_name,
            number="",
            title=typeset.break_title(title),
            blocks=tuple(blocks),
            landscape=landscape,
        )
    )


def _day(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat() if moment else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""
