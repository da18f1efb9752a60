"""The JSON Schema of a kind's facts, for those who make letters by machine."""

from typing import Any

from archive.letters.kinds import Field, FieldType, Kind


def schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind's facts."""
    root: dict[str, Any] = _object()
    for one in kind.fields:
        place = root
        *parents, last = one.path.split(".")
        for name in parents:
            place = place["properties"].setdefault(name, _object())
        place["properties"][last] = _schema(one)
        if one.required and one.default is None:
            for name, level in zip([*parents, last], _levels(root, parents), strict=True):
                if name not in level["required"]:
                    level["required"].append(name)
    root["properties"]["reveal"] = {"type": "array", "items": {"type": "string"}, "title": "完整显示的个人信息栏"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind.name, **root}


def _levels(root: dict[str, Any], parents: list[str]) -> list[dict[str, Any]]:
    levels = [root]
    for name in parents:
        levels.append(levels[-1]["properties"][name])
    return levels


def _object() -> dict[str, Any]:
    return {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def _schema(one: Field) -> dict[str, Any]:
    shapes: dict[FieldType, dict[str, Any]] = {
        FieldType.DATE: {"type": "string", "format": "date"},
        FieldType.MONEY: {"type": ["string", "number"], "description": "元，至多两位小数"},
        FieldType.INTEGER: {"type": "integer", "minimum": 1},
        FieldType.FLAG: {"type": "boolean"},
        FieldType.NUMBER: {"type": "string", "description": "X函〔2026〕37号"},
        FieldType.CHOICE: {
            "enum": [code for code, _ in one.choices],
            "description": "；".join(map("=".join, one.choices)),
        },
        FieldType.LIST: {"type": "array", "items": {"type": "string", "maxLength": 500}, "maxItems": one.most},
    }
    if one.type is FieldType.TABLE:
        row = _object()
        row["properties"] = {column.path: _schema(column) for column in one.columns}
        row["required"] = [column.path for column in one.columns if column.required]
        shape: dict[str, Any] = {"type": "array", "items": row, "maxItems": one.most}
    else:
        shape = shapes.get(one.type, {"type": "string", "maxLength": one.most})
    return {"title": one.label, **shape} | ({"default": one.default} if one.default is not None else {})
