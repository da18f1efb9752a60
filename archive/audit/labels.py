"""Chinese words of the audit trail: actions are `subject:verb`, read out as two words unless they have a name."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from archive.core.clock import SHANGHAI
from archive.core.labels import label
from archive.people.rules import Permission, Role

WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {}

REFUSALS = {
    "audit.whole": "审计日志不分单位，须由最上级单位的审计员查阅。",
    "audit.dossier": "没有这个案号的案卷。请核对案号，或留空查看全部。",
    "form.period": "开始日期不能晚于结束日期。",
}

ACTIONS = {
    "account:add": "新增用户",
    "account:sign_in": "登录",
    "account:sign_in_failed": "登录失败",
    "account:sign_out": "退出登录",
    "account:lock": "暂停登录",
    "account:change_password": "修改密码",
    "account:reset_password": "重置密码",
    "account:enable_second_factor": "启用动态验证码",
    "account:disable_second_factor": "停用动态验证码",
    "account:reset_second_factor": "清除动态验证码",
    "account:new_recovery_codes": "更换恢复码",
    "account:use_recovery_code": "使用恢复码",
    "audit:verify": "校验审计日志",
    "document:show": "查看材料",
    "document:download": "下载材料",
    "dossier:show": "查看案卷",
    "dossier:export": "导出案卷",
    "party:unmask": "查看完整证件号",
    "contact:unmask": "查看完整联系方式",
    "request:refused": "请求被拒绝",
    "search:query": "检索",
    "inspection:search": "检索已办结案卷",
    "sample:draw": "抽取样本",
    "sample:export": "导出样本",
    "finding:raise": "提出审计问题",
    "finding:reply": "答复审计问题",
    "finding:send_back": "退回审计问题的答复",
    "finding:accept": "采纳审计问题的答复",
    "finding:close": "审计问题销号",
    "finding:export": "导出审计问题",
    "audit:export": "导出审计报告",
    "certificate:verify": "校验销毁证明",
    "person:look_up": "查找个人信息",
    "person:disclose": "提供个人信息副本",
    "pack:order": "制作证据包",
    "pack:make": "证据包做成",
    "pack:download": "下载证据包",
    "pack:remove": "清除证据包",
    "audit_grant:give": "授权审计员查阅",
    "audit_grant:end": "终止审计授权",
    "blob:sweep": "清理未入卷的字节",
    "version:read": "读取文字",
    "version:retry": "重新读取文字",
    "version:deposit": "存入版本",
    "dossier:withdraw": "投诉撤回",
    "dossier:grant": "授权查阅案卷",
    "dossier:revoke": "收回查阅授权",
    "dossier:look_up": "查找案卷",
    "selection:choose": "选中多个案卷",
    "letter:draft": "起草函件",
    "letter:revise": "修改函件",
    "letter:reveal": "函件完整显示个人信息",
    "letter:submit": "函件送审",
    "letter:comment": "批注函件",
    "letter:approve": "审核通过函件",
    "letter:return": "退回函件",
    "letter:withdraw": "撤回函件",
    "letter:remake": "重新生成函件文件",
    "letter:file": "函件文件归卷",
    "letter:trouble": "函件文件生成失败",
    "letter:void": "函件作废",
    "letter_number:void": "发文字号作废",
    "letter:show": "查看函件",
    "letter:mail": "下载函件邮件",
    "letter:reply": "函件收到回复",
    "letter:register": "导出发文登记簿",
    "serving:send": "登记送达并发送邮件",
    "serving:attach": "补附回执",
    "serving:record": "登记送达",
    "serving:conclude": "登记送达结果",
    "serving:mailed": "邮件发出",
    "serving:mail_failed": "邮件发送失败",
    "alarm:raise": "发出警报",
    "alarm:clear": "解除警报",
    "clock_jump:confirm": "确认时钟变动",
    "extension:grant": "批准延期",
    "event:strike": "划销事项",
    "bound_profile:end": "不再适用规程",
    "outside_appraisal:end": "结束外部鉴定",
    "limit_feed:take_back": "停用日历地址",
    "codes:add_retired": "补入停用代码",
    "dossier:print": "打印登记表或联系单",
    "register:close": "封存年度登记簿",
    "register:export": "导出登记簿",
    "register:print": "打印登记簿",
    "report:make": "编制报表",
    "report:export": "导出报表",
    "report:print": "打印报表",
    "printout:order": "排版打印件",
    "printout:fail": "打印件排版失败",
}

SUBJECTS = {
    "account": "用户",
    "role": "角色",
    "unit": "单位",
    "token": "令牌",
    "job": "后台任务",
    "dossier": "案卷",
    "contact": "接待登记",
    "party": "当事人",
    "document": "材料",
    "version": "版本",
    "hand_over": "移送",
    "institution": "机构",
    "codes": "代码表",
    "letter": "函件",
    "letter_template": "函件模板",
    "letter_law": "法规依据",
    "letter_seal": "印章",
    "response": "答复",
    "request": "请求",
    "index": "检索索引",
    "hold": "冻结",
    "keeping": "保管期限",
    "erasure_request": "删除请求",
    "retention_rule": "保管规则",
    "disposal": "销毁清册",
    "profile": "规程版本",
    "choice": "规程设定",
    "calendar": "放假通知",
    "bound_profile": "适用规程",
    "limit": "时限",
    "event": "事项",
    "outside_appraisal": "外部鉴定",
    "extension": "延期",
    "escalation": "逾期上报",
    "limit_feed": "日历地址",
    "selection": "选单",
    "audit_grant": "审计授权",
    "pack": "证据包",
    "sample": "抽样",
    "finding": "审计问题",
    "register_closing": "登记簿封存",
    "report": "报表",
    "printout": "打印件",
    "saved_search": "保存的检索",
}

VERBS = {
    "ask": "申请",
    "begin": "开始",
    "bind": "适用",
    "confirm": "确认",
    "decide": "决定",
    "drop": "撤下",
    "escalate": "上报",
    "make": "生成",
    "move": "变动",
    "refuse": "不批准",
    "see": "处理",
    "sign": "签署",
    "tell": "告知",
    "write": "登记",
    "accept": "受理",
    "accept_hand_over": "接收",
    "add": "新增",
    "addendum": "补记",
    "alias": "登记旧案号",
    "answer": "答复",
    "appoint": "指定承办人",
    "approve": "审批",
    "ask_release": "申请解除",
    "assign": "分办",
    "change": "修改",
    "close": "办结",
    "conclude_review": "核查结论",
    "custody": "移交原件",
    "decline": "不予受理",
    "deposit": "存入",
    "describe": "著录",
    "disable": "停用",
    "download": "下载",
    "draft": "起草",
    "edit": "更正",
    "enable": "启用",
    "end": "结束办理",
    "enter": "录入",
    "export": "导出",
    "grant": "授予",
    "import": "导入",
    "investigate": "调查",
    "invite": "请求协办",
    "issue": "签发",
    "join": "并案",
    "judge": "研判",
    "keep": "归档",
    "keep_on": "继续",
    "lift_recusal": "解除回避",
    "mediate": "调解",
    "notify": "告知",
    "offer": "提出",
    "open_up": "解除限制",
    "place": "排序",
    "place_many": "批量设立",
    "promise": "确定",
    "propose": "送审",
    "publish": "发布",
    "put": "登记",
    "receive_supplement": "收到补正",
    "record": "记录",
    "recuse": "回避",
    "refuse_hand_over": "退回",
    "register": "登记",
    "release": "解除",
    "remove": "移除",
    "rename": "更名",
    "reopen": "重新办理",
    "replace": "更换",
    "request_review": "申请核查",
    "request_supplement": "要求补正",
    "restrict": "限制查阅",
    "retire": "停用",
    "retry": "重试",
    "revise": "修订",
    "revoke": "撤销",
    "run": "执行",
    "send_back": "退回修改",
    "show": "查看",
    "strike": "作废",
    "take_back": "收回转办",
    "take_over": "接入历史记录",
    "use": "使用",
    "withdraw": "收回",
}

FACTS = {
    "login": "登录名",
    "name": "名称",
    "reason": "原因",
    "role": "角色",
    "unit": "单位",
    "code": "代码",
    "before": "原为",
    "basis": "依据",
    "category": "业务类别",
    "restricted": "含限制查阅",
    "seed": "种子",
    "size": "大小",
    "population": "总体",
    "population_hash": "总体校验值",
    "algorithm": "算法",
    "since": "自",
    "found": "找到",
    "fields": "条件",
    "title": "名称",
    "parent": "上级",
    "until": "至",
    "failures": "连续失败次数",
    "second_factor": "动态验证码",
    "expires_at": "有效期至",
    "scopes": "权限",
    "number": "案号",
    "method": "方法",
    "path": "地址",
    "kind": "种类",
    "entries": "条数",
    "broken_at": "断点",
    "left": "剩余",
    "count": "个数",
}

# Why a sign-in failed; told to auditors only.
REASONS = {
    "password": "密码不对",
    "code": "验证码不对",
    "unknown": "没有此登录名",
    "inactive": "账户已停用",
    "locked": "在暂停登录期间",
    "start_password_old": "初始密码已过期",
}

BREAKS = {
    "missing": "这一条缺失：在它之前的记录之后，有记录被删除或调换。",
    "chain": "这一条与前一条衔接不上：有记录被插入、调换或改写。",
    "content": "这一条的内容与其校验值不符：内容被改动过。",
}

CHANNELS = {"web": "网页", "api": "接口", "cli": "命令行", "worker": "后台"}


def action_word(action: str) -> str:
    """Return what an action is called; a code without words comes back as it is."""
    if action in ACTIONS:
        return ACTIONS[action]
    subject, _, verb = action.partition(":")
    if subject in SUBJECTS and verb in VERBS:
        return SUBJECTS[subject] + VERBS[verb]
    return action


def fact_name(name: str) -> str:
    """Return what a fact is called."""
    return FACTS.get(name, name)


def fact_text(name: str, value: Any) -> str:
    """Return a fact's value as a person reads it: words for codes, moments in Shanghai time."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(fact_text(name, one) for one in value)
    if isinstance(value, dict):
        return "、".join(f"{fact_name(key)} {fact_text(key, one)}" for key, one in value.items())
    text = str(value)
    if name == "role" and text in set(Role):
        return label(Role(text))
    if name == "scopes" and text in set(Permission):
        return label(Permission(text))
    if name == "reason":
        return REASONS.get(text, text)
    return _moment(text) if "T" in text[:20] else text


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if found.tzinfo else text
