"""A dossier's metadata as XML in the manner of DA/T 48-2009 (封装包): the record, its files, what was done, by whom."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archive.core.labels import label
from archive.dossiers.states import PartyRole, Verb

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def written(rows: Rows, files: Sequence[Mapping[str, Any]], *, office: str, filed_number: str, at: str) -> str:
    """Return the XML; `rows` as in metadata.json, `files` with path, size, sha256, title and item of every original."""
    dossier = rows["dossier"][0]
    root = Element("电子文件封装包")
    _facts(root, {
        "封装包格式描述": "Anjuan evidence pack 2，参照 DA/T 48-2009", "封装包类型": "原始型", "封装包创建时间": at,
        "封装包创建单位": office,
    })  # fmt: skip
    content = SubElement(root, "封装内容")
    record = SubElement(content, "文件实体块")
    _facts(record, {
        "聚合层次": "案卷", "档号": filed_number, "案号": dossier["number"], "全宗号": dossier["fonds"],
        "年度": dossier["year"], "题名": dossier["title"], "立案时间": dossier["registered_at"],
        "办结日期": dossier["closed_on"], "处理结果": dossier["outcome"],
    })  # fmt: skip
    for party in rows.get("party", ()):
        _facts(SubElement(record, "当事人"), {"姓名": party["name"], "角色": label(PartyRole(party["role"]))})
    for file in files:
        one = SubElement(content, "文件实体")
        _facts(one, {"聚合层次": "文件", "件号": file["item"], "题名": file["title"], "格式": file["media_type"]})
        data = {"文件名": file["path"], "大小": file["size"], "摘要算法": "SHA-256", "摘要值": file["sha256"]}
        _facts(SubElement(one, "文件数据"), data)
    for move in rows.get("dossier_move", ()):
        _facts(SubElement(content, "业务实体"), {
            "业务行为": label(Verb(move["verb"])), "行为时间": move["at"], "行为描述": move["note"],
            "责任者": move["actor_name"],
        })  # fmt: skip
    for letter in rows.get("letter", ()):
        _facts(SubElement(content, "业务实体"), {
            "业务行为": "发文", "发文字号": letter["number"], "题名": letter["title"], "主送": letter["addressee"],
            "行为时间": letter["issued_at"], "责任者": letter["issued_by_name"],
        })  # fmt: skip
    for name in sorted({move["actor_name"] for move in rows.get("dossier_move", ())}):
        _facts(SubElement(content, "机构人员实体"), {"类型": "内部人员", "名称": name, "机构": office})
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True)


def _facts(parent: Element, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if value not in (None, ""):
            SubElement(parent, name).text = "".join(one for one in str(value) if one >= " " or one in "\t\n\r")
