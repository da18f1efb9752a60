"""Invented dossiers in any number, for the benchmark and the tests of search, with queries whose answers are known.

Dossier i depends on i alone, so the first thousand are the same in a corpus of any size. Everything is invented:
identity numbers begin with the region 990000, telephone numbers with 199. Some of the first thousand dossiers carry
planted sentences; `JUDGED` lists queries with exactly the dossiers that must be found, near misses planted beside them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

_WORDS = {
    name: words
    for name, *words in map(str.split, (files("archive.bench") / "vocabulary.txt").read_text("utf-8").splitlines())
    if name != "#"
}
# The 3,755 common characters of GB 2312, for names of shops and villages: the long tail a real corpus has.
_COMMON = [
    bytes((high, low)).decode("gb2312")
    for high in range(0xB0, 0xD8)
    for low in range(0xA1, 0xFF)
    if (high, low) < (0xD7, 0xFA)
]
_HOUSES = [
    brand + second + house
    for brand in _WORDS["BRANDS"][::2]
    for second, house in zip(_WORDS["BRANDS"][1::3], _WORDS["HOUSES"] * 2, strict=False)
]


@dataclass(frozen=True)
class Judged:
    """A query and the dossiers (their places, from 1) that answer it among any number of dossiers from 1,000 on."""

    query: str
    answer: frozenset[int]
    of: str


_PLANTED: dict[str, tuple[int, ...]] = {
    "被投诉机构实为翾赟睿小额贷款有限公司驻外门店。": (11, 402),
    "见证人令狐翀当场签名。": (23,),
    "另案2025-TS-880017号与本件相关,不得与2025-TS-880071混同。": (31, 77),
    "同案2025-TS-880071已并入。": (32,),
    "来文(2026)黔金调字第0413号已收。": (41,),
    "来文(2026)黔金调字第0431号已收。": (42,),
    "合同号KX-7B2-20260119-05缺页。": (53,),
    "合同号KX-7B2-20260119-06齐全。": (54,),
    "持证人证号990000 19770214 0936,已核。": (61,),
    "持证人证号990000197702140963,已核。": (62,),
    "回电199-0305-7718。": (71, 640),
    "卡号6299 7700 1188 2255 417已挂失。": (81,),
    "误扣¥23,456.78,应予返还。": (91, 555),
    "误扣¥23,456.87,已经返还。": (92,),
    "另付23456.78元。": (93,),
    "合计肆万贰仟叁佰元整。": (101,),
    "垫付4.23万元。": (102,),
    "约定2027年8月9日前结清。": (111,),
    "约定2027-08-09前结清。": (112,),
    "约定2027.8.9前结清。": (113,),
    "约定2027年8月19日前结清。": (114,),
    "先告知客户而后停用渡鸦卡。": (121,),
    "先停用渡鸦卡而后告知客户。": (122,),
    "該戶頭遭凍結,銀行拒絕說明緣由。": (131,),
    "《抵 押 解 除 通 知》系影印件。": (141,),
    "关于票据贴\n现率畸高的陈述。": (142,),
    "登录ＡＢＣ７７ｘｙ平台下单。": (151,),
    "涉及雪橇租借押金。": (161, 162, 163),
    "涉及驯鹿饲养借款。": (162, 164),
    "涉及蜂箱分期购。": (163, 164, 165),
    "店招写着“囍囍福”三字。": (171,),
    "银联POS终端被锁。": (181,),
    "客服说“并非本人所办”,这笔麦穗贷不是本人所办。": (191,),
    "这笔麦穗贷确是本人所办。": (192,),
    "红隼卡受限。红隼卡停用。请恢复红隼卡。": (201,),
    "另询红隼卡年费。": (202, 203),
    "编号FZ20260305QT归入附件。": (211,),
    "第1,2条无争议,第12项有争议,青瓷条款另议。": (221,),
}

JUDGED: tuple[Judged, ...] = tuple(
    Judged(query, frozenset(answer), of)
    for of, query, answer in (
        ("firm", "翾赟睿小额贷款有限公司", (11, 402)),
        ("firm", "赟睿", (11, 402)),
        ("name", "令狐翀", (23,)),
        ("case", "2025-TS-880017", (31, 77)),
        ("case", "2025-ts-880071", (31, 77, 32)),
        ("case", "2025TS880071", (31, 77, 32)),
        ("case", "2025-TS-88*71", (31, 77, 32)),
        ("case", "2025-TS-88001?", (31, 77)),
        ("letter", "(2026)黔金调字第0413号", (41,)),
        ("letter", "〔2026〕黔金调字第0431号", (42,)),
        ("letter", "黔金调字", (41, 42)),
        ("contract", "KX-7B2-20260119-05", (53,)),
        ("contract", "kx7b220260119", (53, 54)),
        ("contract", "7B2-2026011906", (54,)),
        ("identity", "990000197702140936", (61,)),
        ("identity", "197702140963", (62,)),
        ("phone", "19903057718", (71, 640)),
        ("phone", "199-0305-7718", (71, 640)),
        ("phone", "03057718", (71, 640)),
        ("card", "6299770011882255417", (81,)),
        ("card", "11882255417", (81,)),
        ("amount", "23,456.78", (91, 555, 93)),
        ("amount", "¥23456.78", (91, 555, 93)),
        ("amount", "2.345678万元", (91, 555, 93)),
        ("amount", "42,300.00元 垫付", (102,)),
        ("amount", "42300元", (101, 102)),
        ("date", "2027年8月9日", (111, 112, 113)),
        ("date", "2027/8/9", (111, 112, 113)),
        ("order", "先停用渡鸦卡", (122,)),
        ("order", "渡鸦卡", (121, 122)),
        ("traditional", "该户头遭冻结", (131,)),
        ("traditional", "拒絕說明緣由", (131,)),
        ("ocr", "抵押解除通知", (141,)),
        ("ocr", "票据贴现率畸高", (142,)),
        ("width", "ABC77XY平台", (151,)),
        ("and", "雪橇 驯鹿", (162,)),
        ("or", "雪橇 OR 蜂箱", (161, 162, 163, 164, 165)),
        ("not", "蜂箱 -雪橇", (164, 165)),
        ("group", "(雪橇 OR 驯鹿) 蜂箱", (163, 164)),
        ("character", "囍", (171,)),
        ("punctuation", "写着“囍囍福”三字。", (171,)),
        ("latin", "pos终端被锁", (181,)),
        ("negation", "麦穗贷不是本人所办", (191,)),
        ("negation", "麦穗贷确是", (192,)),
        ("rank", "红隼卡", (201, 202, 203)),
        ("code", "fz20260305qt", (211,)),
        ("near", "12条无争议", ()),
        ("near", "青瓷条款", (221,)),
    )
)


def word(chance: random.Random, kind: str) -> str:
    """Return some word of a kind, a name in `vocabulary.txt`."""
    return chance.choice(_WORDS[kind])


def dossiers(count: int, *, first: int = 1) -> Iterator[dict[str, Any]]:
    """Yield so many dossiers in the form `anjuan import` reads, texts of 300 to 3,000 characters, 1,000 on average."""
    for place in range(first, first + count):
        yield dossier(place)


def number_of(place: int) -> str:
    """Return the case number of the dossier at a place."""
    return f"{2024 + place % 3}-TS-{place:06}"


def dossier(place: int) -> dict[str, Any]:
    """Return one invented dossier."""
    chance = random.Random(f"anjuan {place}")  # noqa: S311  # invented data
    pick, below = chance.choice, chance.randrange

    filed = date(2024 + place % 3, 1, 1) + timedelta(days=below(365))
    org = _HOUSES[int(len(_HOUSES) * chance.random() ** 2)]  # few houses have most complaints
    person = word(chance, "SURNAMES") + word(chance, "GIVEN") + pick(("", word(chance, "GIVEN")))
    identity = f"990000{1950 + below(56)}{1 + below(12):02}{1 + below(28):02}{below(10**4):04}"
    phone = f"199{below(10**8):08}"
    amount = below(30_000_000) / 100 + 100
    contract = f"HT{filed.year}{below(10**6):06}"
    said_phone = pick((phone, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"))
    sentences = [
        f"投诉人：{person}，身份证号：{identity}，联系电话：{said_phone}。\n"
        f"被投诉机构：{org}{word(chance, 'PLACES')}分部。案号：{number_of(place)}。合同编号：{contract}。\n"
        f"{filed.year}年{filed.month}月{filed.day}日办理业务，涉及金额¥{amount:,.2f}。"
    ]
    wanted = 300 + int(2700 * chance.random() ** 3)
    while sum(map(len, sentences)) < wanted:
        sentences.append(_sentence(chance, filed))
    for planted, places in _PLANTED.items():
        if place in places:
            sentences.insert(1 + below(len(sentences)), planted)
    sentences.append(f"请求事项：{word(chance, 'ASKS')}，{word(chance, 'ASKS')}。\n")
    return {
        "number": number_of(place),
        "title": f"{org[:4]}{word(chance, 'WHAT')}一案",
        "filed": filed.isoformat(),
        "state": word(chance, "STATES"),
        "category": word(chance, "CATEGORIES"),
        "channel": word(chance, "CHANNELS"),
        "org": org,
        "complainant": person,
        "id_no": identity,
        "phone": phone,
        "amount": amount,
        "contract": contract,
        "documents": [
            {"name": f"{word(chance, 'KINDS')}.txt", "kind": word(chance, "KINDS"), "text": "".join(sentences)}
        ],
    }


def _sentence(chance: random.Random, filed: date) -> str:
    def some(kinds: str) -> list[str]:
        return [word(chance, kind) for kind in kinds.split()]

    when, who, how, do, what, so = some("WHEN WHO HOW DO WHAT SO")
    match chance.randrange(8):
        case 0:
            day = filed - timedelta(days=chance.randrange(300))
            return f"{day.isoformat()}，{who}{how}{do}{what}。"
        case 1:
            return f"其中{what}{chance.randrange(100, 900_000) / 100:,.2f}元，{who}称{so}；"
        case 2:
            surname, given = some("SURNAMES GIVEN")
            return f"{who}（{surname}{given}）{when}{how}{do}{what}，{so}。\n"
        case 3:
            return f"{when}，{who}{do}{what}和{word(chance, 'WHAT')}，{so}。"
        case 4:
            name = "".join(chance.choices(_COMMON, k=3))
            return f"据{name}{chance.choice(('商行', '村委会', '修理厂', '门诊部'))}反映，{when}{how}{do}{what}。"
        case _:
            return f"{when}{who}{how}{do}{what}，{so}。"
