"""Chinese words and sentences about responses."""

from collections.abc import Mapping
from enum import StrEnum

from archive.responses.kinds import Outcome, Sender

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Sender: {
        Sender.INSTITUTION: "被投诉机构",
        Sender.OTHER_OFFICE: "其他部门",
        Sender.COMPLAINANT: "投诉人",
    },
    Outcome: {
        Outcome.AGREED: "同意投诉请求",
        Outcome.PARTLY_AGREED: "部分同意",
        Outcome.REFUSED: "不同意",
        Outcome.SETTLED: "已与投诉人和解",
        Outcome.EXPLAINED: "作出解释说明",
        Outcome.MORE_TIME: "申请延长答复时间",
        Outcome.NOT_COMPETENT: "称不属其职责",
        Outcome.WITHDRAWN: "投诉人撤回",
        Outcome.UNCLEAR: "未明确答复",
    },
}

REFUSALS = {
    "response.unknown": "没有这条答复记录，或者您无权查看。请返回答复列表。",
    "response.twice": "这份材料已经登记为答复。请打开该条答复记录修改。",
    "response.struck": "这份材料已标为误归，不能登记为答复。请先撤销误归标记，或者选择别的材料。",
    "response.dates": "来函日期不能晚于收到日期。",
    "form.response_document": "请选择本案卷中的一份材料。",
}
