"""Chinese words of the audit trail: actions are `subject:verb`, read out as two words unless they have a name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

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
    "blob:sweep": "清理未入卷的字节",
    "version:read": "读取文字",
    "version:retry": "重新读取文字",
    "version:deposit": "存入版本",
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
    "response": "答复",
    "request": "请求",
    "index": "检索索引",
}

VERBS = {
    "accept": "受理",
    "accept_hand_over": "接收",
    "add": "新增",
    "alias": "登记旧案号",
    "answer": "答复",
    "assign": "分办",
    "change": "修改",
    "close": "办结",
    "custody": "移交原件",
    "decline": "不予受理",
    "deposit": "存入",
    "describe": "著录",
    "disable": "停用",
    "enable": "启用",
    "end": "结束办理",
    "enter": "录入",
    "export": "导出",
    "grant": "授予",
    "import": "导入",
    "investigate": "调查",
    "issue": "签发",
    "judge": "研判",
    "lift_recusal": "解除回避",
    "mediate": "调解",
    "offer": "提出",
    "place": "排序",
    "put": "登记",
    "record": "记录",
    "recuse": "回避",
    "register": "登记",
    "remove": "移除",
    "rename": "更名",
    "reopen": "重新办理",
    "replace": "更换",
    "retry": "重试",
    "revoke": "撤销",
    "supplement": "要求补正",
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
