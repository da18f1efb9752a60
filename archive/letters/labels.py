"""Chinese words for codes of letters, and a sentence for each refusal and finding: what is wrong and what to do."""

from enum import StrEnum
from typing import Any

from archive.letters.content import Form
from archive.letters.fonts import Role
from archive.letters.kinds import Addressee, LetterKind, kind
from archive.letters.preflight import Level
from archive.letters.templates import BlockKind

WORDS: dict[type[StrEnum], dict[Any, str]] = {
    LetterKind: {code: kind(code).name for code in LetterKind},
    Form: {Form.LETTER: "信函格式", Form.PAPER: "文书", Form.SHEET: "表格"},
    Addressee: {
        Addressee.COMPLAINANT: "投诉人",
        Addressee.RESPONDENT: "被投诉机构",
        Addressee.PEOPLES_BANK: "人民银行",
        Addressee.REGULATOR: "金融监管部门",
        Addressee.ASSOCIATION: "行业自律组织",
        Addressee.PARENT: "被投诉机构上级单位",
        Addressee.CONSUMER_COUNCIL: "消费者协会",
        Addressee.OTHER_OFFICE: "其他机关",
        Addressee.BOTH_PARTIES: "双方当事人",
        Addressee.INTERNAL: "本机关",
    },
    Level: {Level.FAULT: "不能签发", Level.WARNING: "请核对"},
    Role: {
        Role.FANG: "仿宋（正文）",
        Role.TITLE: "小标宋（标题）",
        Role.HEI: "黑体",
        Role.KAI: "楷体",
        Role.SONG: "宋体（页码）",
        Role.LATIN: "数字和字母",
    },
    BlockKind: {
        BlockKind.BODY: "正文",
        BlockKind.HEADING_1: "一级标题",
        BlockKind.HEADING_2: "二级标题",
        BlockKind.FLUSH: "顶格",
        BlockKind.CENTRE: "居中",
        BlockKind.RIGHT: "居右",
        BlockKind.CAPTION: "副标题",
        BlockKind.CUT: "裁切线",
        BlockKind.TABLE: "表格",
        BlockKind.ROW: "表格行",
        BlockKind.TALL: "高行",
        BlockKind.TALLER: "特高行",
        BlockKind.ANNEX: "附件标题",
        BlockKind.LOGIC: "条件和循环",
        BlockKind.REMEDIES: "救济途径",
    },
}

REFUSALS: dict[str, str] = {
    "letter.unknown_kind": "没有“{kind}”这种函件。请从函件种类中选择。",
    "letter.missing": "缺少“{label}”，请补填。",
    "letter.overlong": "“{label}”过长：最多 {most} 个字，现有 {length} 个字，请精简。",
    "letter.too_many": "“{label}”过多：最多 {most} 项，现有 {length} 项，请合并或者改作附件。",
    "letter.not_text": "“{label}”应为文字。",
    "letter.not_a_date": "“{label}”不是日期，请按 2026-03-05 的格式填写。",
    "letter.not_money": "“{label}”不是金额，请填写以元为单位、至多两位小数的数字。",
    "letter.not_a_count": "“{label}”应为正整数。",
    "letter.not_a_flag": "“{label}”只能选是或者否。",
    "letter.not_a_choice": "“{label}”不在可选范围内，请从列表中选择。",
    "letter.not_a_list": "“{label}”应为逐项列出的清单。",
    "letter.not_a_row": "“{label}”的每一项应包含各栏内容。",
    "letter.bad_number": "“{value}”不是规范的发文字号，应如“X函〔2026〕37号”：六角括号、四位年份、序号前无“第”和零。",
    "letter.bad_id": "“{label}”校验位不符，请核对身份证号码。",
    "letter.bad_phone": "“{label}”不是电话号码，请核对。",
    "letter.unknown_fact": "该函件不使用此项内容，请删除或者核对名称。",
    "letter.order": "“{first}”不应晚于“{then}”，请核对两个日期。",
    "letter.number_year": "发文字号的年份与成文日期不符，应为 {year} 年。",
    "letter.addressee": "{kind}不能发往所选类别的机关，请更换主送机关或者函件种类。",
    "letter.no_consent": "投诉人未同意移交其个人信息，不能移交。请先取得同意并登记。",
    "letter.no_proceeding": "该不予受理理由须注明另案或者另一程序，请补填。",
    "letter.own_approval": "延期的批准人不能是承办人本人，请由负责人批准。",
    "letter.other_respondent": "主送机关与被投诉机构“{respondent}”不同，请核对。",
    "letter.undrawable": "“{char}”（{point}）没有可用的字体，打印会缺字。请安装含该字的字体，或者改用通用写法。",
    "letter.unfilled": "正文中仍有【待填：{label}】，请补填该项或者修改模板。",
    "letter.long_title": "标题排成 {lines} 行，过长，请精简。",
    "letter.repealed": "引用的《{law}》在成文日期不是现行有效，请改引{successor}。",
    "letter.texts_differ": "Word 与 PDF 的文字在第 {place} 字处不同，未签发。请联系管理员。",
    "template.malformed": "模板结构有误（{reason}），请对照默认模板修改。",
    "template.faulty": "模板有误，请逐条修改后再保存。",
    "template.empty": "模板没有内容。",
    "template.syntax": "条件或者循环书写有误：{word}。",
    "template.forbidden": "模板中只能使用字段、条件和循环，不能使用：{word}。",
    "template.unknown_filter": "没有“{word}”这种处理方式。",
    "template.unknown_field": "该函件没有“{word}”这个字段，请从字段列表中选取。",
    "template.not_word": "上传的不是可读取的 Word 文件（.docx）。请用 Word 或者 WPS 另存为 .docx 后重新上传。",
    "template.too_large": "上传的模板过大（上限 {most}），请删去图片和多余内容。",
}
