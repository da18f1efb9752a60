"""Sentences of the import."""

from collections.abc import Mapping
from enum import StrEnum

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {}

REFUSALS = {
    "import.json": "此行不是完整的 JSON 对象（{reason}）。请检查引号、括号和编码（UTF-8）。",
    "import.type": "类型不对，应为 {wanted}。",
    "import.state": "状态不认识。可用：{known}。",
    "import.content": "每份材料须有且只有 text（文字）或 path（文件路径）之一。",
    "import.path": "找不到文件 {path}。路径须在 --files 指定的目录之内。",
    "import.unfit": "数据库不能保存此行（{reason}）。请核对此行各项内容。",
    "import.unreadable": "文件 {path} 无法读取：{reason}。",
}
