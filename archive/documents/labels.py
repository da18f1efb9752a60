"""Chinese words and sentences about documents."""

from collections.abc import Mapping
from enum import StrEnum

from archive.documents.kinds import CustodyEvent, Kind, Origin, Reading, RemovalState, RenditionKind
from archive.documents.models import Version
from archive.extraction import State
from archive.extraction import labels as extraction

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Kind: {
        Kind.CONTRACT: "合同协议",
        Kind.BILL: "账单流水",
        Kind.RECEIPT: "票据凭证",
        Kind.CALL_RECORDING: "通话录音",
        Kind.CHAT_LOG: "聊天记录",
        Kind.PHOTO: "照片截图",
        Kind.ID_COPY: "身份证明",
        Kind.MANDATE: "授权委托书",
        Kind.COMPLAINT_LETTER: "投诉书",
        Kind.STATEMENT: "情况说明",
        Kind.MAIL: "电子邮件",
        Kind.INSTITUTION_REPLY: "机构答复",
        Kind.OFFICE_REPLY: "其他部门复函",
        Kind.OWN_LETTER: "本单位函件",
        Kind.SERVICE_PROOF: "送达凭证",
        Kind.MEDIATION_RECORD: "调解材料",
        Kind.OTHER: "其他材料",
    },
    Origin: {
        Origin.UPLOAD: "上传入卷",
        Origin.IMPORT: "批量导入",
        Origin.EXTRACTED: "自容器文件中取出",
        Origin.LETTER: "本系统制发",
    },
    Reading: {
        Reading.WAITING: "等待读取",
        **{Reading(state.value): extraction.STATES[state] for state in State},
        Reading.TAKEN_OUT: "已移出",
    },
    RemovalState: {
        RemovalState.ASKED: "待确认",
        RemovalState.CONFIRMED: "正在移出",
        RemovalState.REFUSED: "未移出",
        RemovalState.DONE: "已移出",
    },
    RenditionKind: {
        RenditionKind.PDFA: "长期保存件（PDF/A）",
        RenditionKind.COVER: "卷皮",
        RenditionKind.CATALOGUE: "卷内目录",
        RenditionKind.EXAMINATION: "四性检测报告",
    },
    CustodyEvent: {
        CustodyEvent.RECEIVED: "收到原件",
        CustodyEvent.STORED: "入库存放",
        CustodyEvent.LENT: "借出",
        CustodyEvent.RETURNED: "归还",
        CustodyEvent.HANDED_OVER: "移交",
        CustodyEvent.GIVEN_BACK: "退还提交人",
    },
}

REFUSALS = {
    "document.unknown": "没有这份材料，或者您无权查看。请返回卷内目录。",
    "document.dossier_ended": "本案{state}，案卷已封存，不能再增改材料。如有更正，请以补充说明方式办理或申请重新办理。",
    "document.too_many": "本案卷的材料已达上限 {most} 件。请合并或打包后再上传。",
    "document.place": "不能移到这个位置。请刷新卷内目录后重试。",
    "document.may_not": "您在本案卷的承办单位没有办理此事的权限。如确有需要，请联系承办单位负责人。",
    "document.struck": "这份材料已标为误归，属于别的事项，内容只对标注人、本案承办人、负责人、档案员和审计员开放。",
    "rendition.unknown": "没有这份文件，或者您无权查看。请返回案卷的保管页面。",
    "strike.twice": "这份材料已经标为误归。",
    "strike.none": "这份材料没有标为误归。",
    "strike.inside": "这是从另一份材料中取出的文件，请对所在的材料标注误归。",
    "strike.same": "正确的案卷不能就是本案卷。请核对案号，或者留空。",
    "strike.newer": "移入期间这份材料有了新的版本，没有标为误归。请再试一次。",
    "strike.removal": "这份材料正在移出或者已经移出，不能撤销误归标记。",
    "version.taken_out": "这份材料误存入本卷，内容已经移出，只保留件号、大小和校验值。",
    "version.leaving": "这份材料正在移出，不能再加新的版本。请把正确的文件作为另一件材料上传。",
    "version.unknown": "没有这个版本。请返回材料页面查看现有版本。",
    "page.none": "没有第 {no} 页的文字。",
    "store.down": "存储系统暂时没有响应，材料没有入卷。已上传的部分会保留，请稍后重试。",
    "store.full": "存储空间已满，材料没有入卷。已上传的部分会保留，请通知系统管理员扩充后重试。",
    "store.damaged": "存储系统返回的内容与入卷时不一致，本次操作没有生效。请通知系统管理员核查存储。",
    "store.missing": "存储系统中找不到此材料的内容。请通知系统管理员核查存储。",
    "upload.unknown": "没有这个上传任务，可能已过期或已取消。请重新上传。",
    "upload.protocol": "上传协议版本不符，请求须带 Tus-Resumable: 1.0.0。",
    "upload.header": "请求头 {header} 缺少或格式有误。",
    "upload.body": "上传内容的类型须为 application/offset+octet-stream。",
    "upload.offset": "续传位置不符：已收到 {received} 字节。请查询后从该处继续。",
    "upload.too_large": "文件过大：每个文件最多 {most} 字节。请拆分后上传。",
    "upload.checksum": "收到的内容与校验值不符，可能在传输中损坏。请重新发送。",
    "upload.checksum_kind": "不支持此校验算法，请使用 sha256 或 sha1。",
    "upload.busy": "同一文件正在由另一个请求上传，请稍候再试。",
    "upload.no_room": "服务器暂存空间不足，文件没有收下。请通知系统管理员，稍后重试。",
    "preview.failed": "无法生成页面图像。可下载原件查看。",
    "preview.width": "不支持此图像宽度。",
}


def why(version: Version) -> str:
    """Return the plain statement of why a version was not read, or not entirely; empty when there is nothing to say."""
    if version.reading is Reading.TAKEN_OUT:
        return "误存入本卷，经两人办理已移出，只保留件号、大小和校验值。"
    if version.reading is Reading.WAITING:
        return "正在排队读取文字，通常只需片刻。"
    return extraction.sentence(version.reason, version.facts)
