"""Words and sentences of the shell."""

from collections.abc import Mapping
from enum import StrEnum

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {}

REFUSALS = {
    "http.400": "请求不完整或已过期。请返回上一页刷新后重试。",
    "http.401": "请先登录。",
    "http.403": "您无权进行此操作。如确有需要，请联系本单位负责人或安全管理员。",
    "http.404": "没有这个页面，或者您无权查看。请检查网址，或返回工作台。",
    "http.405": "此地址不支持这种操作。请从页面上的按钮进行。",
    "http.413": "提交的内容过大。文件请通过上传页面分块上传。",
    "http.414": "网址过长。请缩短搜索的内容后重试。",
    "http.415": "提交的格式不支持。接口请使用 application/json。",
    "http.422": "填写的内容有误，请按提示修改后重新提交。",
    "http.429": "操作过于频繁，请稍后再试。",
    "http.500": "系统出了差错，此次操作没有生效。请重试；若再次出现，请把编号告知管理员。",
    "database.down": "数据库暂时没有响应，此次操作没有生效。请稍后重试。",
    "idempotency.key": "Idempotency-Key 过长，最多 80 个字符。",
    "idempotency.reused": "这个 Idempotency-Key 已用于另一个请求，请换一个新的。",
    "idempotency.done": "这个请求此前已经执行成功，但当时的应答未能保存。请查询结果，不要重复提交。",
    "version.stale": "此内容在您打开之后已被他人修改。请刷新页面查看最新内容，再作修改。",
}
