"""Chinese words and sentences of disposal."""

from collections.abc import Mapping
from enum import StrEnum

from archive.disposal.kinds import Decision, LineState, ListState, PackState, PaperKind, ParcelState, TransferState

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ListState: {
        ListState.DUE: "鉴定中",
        ListState.LISTED: "已成清册，待批准",
        ListState.APPROVED_ONCE: "已一审批准，待复核",
        ListState.APPROVED: "已批准，待销毁",
        ListState.EXECUTING: "销毁中",
        ListState.PARTIAL: "部分销毁，待继续",
        ListState.CERTIFIED: "已销毁并出具证明",
        ListState.VOID: "已作废",
    },
    LineState: {
        LineState.PROPOSED: "待鉴定",
        LineState.RETAINED: "鉴定后留存",
        LineState.DROPPED: "已移出清册",
        LineState.LISTED: "列入清册",
        LineState.ERASING: "正在清除",
        LineState.ERASED: "已清除",
        LineState.DESTROYED: "已销毁",
        LineState.SKIPPED: "临场停止销毁",
    },
    Decision: {
        Decision.DESTROY: "销毁",
        Decision.KEEP: "延长保管",
        Decision.PERMANENT: "永久保管",
        Decision.TRANSFER: "移交",
    },
    PackState: {
        PackState.WAITING: "排队中",
        PackState.GATHERING: "正在制作",
        PackState.READY: "可以下载",
        PackState.FAILED: "没有做成",
        PackState.GONE: "已清除",
    },
    PaperKind: {
        PaperKind.DISPOSAL_LIST: "销毁清册",
        PaperKind.CERTIFICATE: "销毁证明",
        PaperKind.TRANSFER_LIST: "移交清册",
        PaperKind.RECEIPT: "移交接收文据",
    },
    TransferState: {
        TransferState.PROPOSED: "待批准",
        TransferState.APPROVED: "已批准，正在封装",
        TransferState.PACKED: "已封装，待交接",
        TransferState.RECEIVED: "已移交",
        TransferState.VOID: "已作废",
    },
    ParcelState: {
        ParcelState.WAITING: "待封装",
        ParcelState.PACKED: "已封装",
        ParcelState.FAILED: "检测未通过",
    },
}

REFUSALS = {
    "disposal.unknown": "没有销毁清册 {number}，或者您无权查看。",
    "disposal.line_unknown": "清册中没有这个案卷。",
    "disposal.nothing": "请至少选择一个期满的案卷。",
    "disposal.state": "清册现在是“{state}”，不能这样办理。请刷新页面查看下一步。",
    "disposal.line_state": "只有列入清册、尚未销毁的案卷才能移出。",
    "disposal.person": "销毁事项须由人员决定，不能由程序代办。",
    "disposal.listed_already": "案卷 {number} 已在另一份清册上。",
    "disposal.recused": "您已对案卷 {number} 回避，不能鉴定。",
    "disposal.appraised_already": "您已对案卷 {number} 提出过鉴定意见，须由另一人鉴定。",
    "disposal.not_appraised": "清册 {number} 还没有鉴定完毕，原因如下。",
    "disposal.appraisers": "案卷 {number} 须由业务和法务至少各一人鉴定。",
    "disposal.own_proposal": "提出销毁的人不能批准这份清册，请由他人批准。",
    "disposal.approved_already": "两次批准须由两个不同的人作出。",
    "disposal.hash_changed": "清册内容在您打开之后有变动，此前的批准不再有效。请核对最新内容后重新批准。",
    "disposal.witness_involved": "提出人和批准人不能监销，请由其他人员监销。",
    "disposal.witness_twice": "您已签到监销。",
    "disposal.not_yet": "清册 {number} 现在还不能销毁，原因如下。",
    "disposal.not_approved": "清册现在是“{state}”，尚未经两人批准。",
    "disposal.two_approvals": "须有两个不同的人对现有清册的批准。",
    "disposal.cooling": "批准后须满 7 日方可销毁，最早为 {until}。",
    "disposal.approval_old": "批准已超过 {days} 日，须重新批准。",
    "disposal.witnesses": "须有 {needed} 名监销人签到。",
    "disposal.replaying": "数据库是从备份恢复的，已销毁的案卷正在重新清除，完成之前只能查阅。请稍后再试。",
    "pack.open": "案卷 {number} 尚未办结，办结后才能导出证据包。",
    "pack.count": "一个证据包须有 1 至 {most} 件案卷，现为 {count} 件。请分批制作。",
    "pack.no_room": "磁盘剩余空间不够存放这个证据包。请减少案卷，或通知系统管理员。",
    "pack.not_there": "这个证据包{state}，现在不能下载。请等待制作完成，或重新制作。",
    "pack.closed": "包内有案卷您现在无权查阅（授权到期、限制查阅或已销毁），不能下载。请按现有权限重新制作。",
    "pack.unknown": "没有这个证据包，或者不是您制作的。",
    "paper.unknown": "没有这份文件，或者您无权查看。",
    "paper.broken": "文件内容与登记的校验值不符，不可采信。请通知审计员。",
    "certificate.none": "清册 {number} 还没有销毁证明。",
    "certificate.broken": "销毁证明的内容与其校验值不符，不可采信。请通知审计员。",
}
