"""The styles of a letter in Word, and the small pieces of WordprocessingML that python-docx has no words for.

Elements are written in the order the schema demands; Word refuses files that put them otherwise.
"""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from archive.letters import geometry as g
from archive.letters.content import Style

TWIPS_PER_MM = 1440 / 25.4
EMU_PER_MM = 36000


@dataclass(frozen=True)
class WordFonts:
    """Font names written into the file. Government PCs and WPS have the GB2312 names; any Windows has `stand_ins`."""

    fang: str = "仿宋_GB2312"
    title: str = "方正小标宋简体"
    hei: str = "黑体"
    kai: str = "楷体_GB2312"
    song: str = "宋体"
    latin: str = "Times New Roman"

    @property
    def stand_ins(self) -> dict[str, str]:
        """What Word is to use where a font is absent."""
        return {self.fang: "仿宋", self.title: "华文中宋", self.kai: "楷体"}


# Names a person sees in Word's list of styles; reading an edited template back goes by them.
WORD_NAMES = {
    Style.BODY: "函件正文",
    Style.HEADING_1: "函件一级标题",
    Style.HEADING_2: "函件二级标题",
    Style.FLUSH: "函件顶格",
    Style.CENTRE: "函件居中",
    Style.RIGHT: "函件居右",
    Style.CAPTION: "函件副本标题",
    Style.CUT: "函件裁切线",
}
TITLE, NAME, OFFICE, MARK = "函件标题", "函件文书名称", "函件单位名称", "函件红头"
NUMBER, DATE = "函件文号", "函件日期"
COPIES, PAGE_NUMBER = "函件抄送", "函件页码"
CELL, CELL_LABEL, ENTRY, HEADING = "函件表格", "函件表格栏目", "函件清单", "函件清单表头"
LOGIC = "模板控制"


def twips(mm: float) -> int:
    """Return millimetres as twentieths of a point."""
    return round(mm * TWIPS_PER_MM)


def points(pt: float) -> int:
    """Return points as twentieths of a point."""
    return round(pt * 20)


def styles(fonts: WordFonts, mark_pt: float) -> list[Any]:
    """Return the style elements of a letter."""
    body = points(g.PITCH_PT)
    indent = f'<w:ind w:firstLine="{twips(2 * g.CELL)}"/>'
    return [
        _style(WORD_NAMES[Style.BODY], fonts, fonts.fang, line=body, indent=indent, align="both"),
        _style(
            WORD_NAMES[Style.HEADING_1], fonts, fonts.hei, line=body, indent=indent, align="both", keep=True, level=1
        ),
        _style(
            WORD_NAMES[Style.HEADING_2], fonts, fonts.kai, line=body, indent=indent, align="both", keep=True, level=2
        ),
        _style(WORD_NAMES[Style.FLUSH], fonts, fonts.fang, line=body, align="both"),
        _style(WORD_NAMES[Style.CENTRE], fonts, fonts.fang, line=body, align="center"),
        _style(WORD_NAMES[Style.RIGHT], fonts, fonts.fang, line=body, align="right"),
        _style(WORD_NAMES[Style.CAPTION], fonts, fonts.title, size=g.SIZE_TITLE, line=body, align="center", keep=True),
        _style(
            WORD_NAMES[Style.CUT],
            fonts,
            fonts.fang,
            line=body,
            keep=True,
            before=body,
            border='<w:pBdr><w:top w:val="dashed" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>',
        ),
        _style(TITLE, fonts, fonts.title, size=g.SIZE_TITLE, line=points(33), align="center", keep=True, level=0),
        _style(NAME, fonts, fonts.title, size=g.SIZE_NAME, line=points(42), align="center", keep=True, level=0),
        _style(OFFICE, fonts, fonts.title, size=g.SIZE_TITLE, line=points(34), align="center", keep=True),
        _style(MARK, fonts, fonts.title, size=mark_pt, line=points(mark_pt), align="center", colour=g.RED.strip("#")),
        _style(NUMBER, fonts, fonts.fang, line=body, align="right"),
        _style(DATE, fonts, fonts.fang, line=body, align="right", spaced=True),
        _style(COPIES, fonts, fonts.fang, size=g.SIZE_FOOT, line=points(24), align="left"),
        _style(CELL, fonts, fonts.fang, size=g.SIZE_TABLE, line=points(g.TABLE_PITCH_PT), align="left"),
        _style(CELL_LABEL, fonts, fonts.fang, size=g.SIZE_TABLE, line=points(g.TABLE_PITCH_PT), align="center"),
        _style(ENTRY, fonts, fonts.fang, size=g.SIZE_LIST, line=points(g.LIST_PITCH_PT), align="left"),
        _style(HEADING, fonts, fonts.hei, size=g.SIZE_LIST, line=points(g.LIST_PITCH_PT), align="center"),
        _style(
            PAGE_NUMBER, fonts, fonts.song, latin=fonts.song, size=g.SIZE_FOOT, line=points(g.SIZE_FOOT), align="left"
        ),
        _style(LOGIC, fonts, fonts.latin, size=12, line=points(18), align="left", colour="9A6700"),
    ]


def _style(
    name: str, fonts: WordFonts, han: str, *, line: int, latin: str = "", size: float = g.SIZE_BODY, indent: str = "",
    align: str = "left", keep: bool = False, before: int = 0, border: str = "", colour: str = "",
    level: int | None = None,
    spaced: bool = False,
) -> Any:  # fmt: skip
    # LibreOffice 7.4 reads overflowPunct the wrong way round and always spaces digits; Word spaces only where asked to.
    # Only body type is drawn together a little, so that 28 characters fit the line (Word knows steps of 0.05 pt).
    tracking = '<w:spacing w:val="-5"/>' if size == g.SIZE_BODY else ""
    latin = latin or fonts.latin
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{style_id(name)}">'
        f'<w:name w:val="{name}"/><w:qFormat/><w:pPr>{"<w:keepNext/>" if keep else ""}'
        f'<w:widowControl w:val="0"/>{border}'
        '<w:kinsoku/><w:overflowPunct w:val="1"/>'
        f'<w:autoSpaceDE w:val="{int(spaced)}"/><w:autoSpaceDN w:val="{int(spaced)}"/>'
        '<w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="{before}" w:after="0" w:line="{line}" w:lineRule="exact"/>{indent}'
        f'<w:jc w:val="{align}"/>'
        f'{"" if level is None else f"""<w:outlineLvl w:val="{level}"/>"""}</w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="{latin}" w:eastAsia="{han}" w:hAnsi="{latin}" w:cs="{latin}"/>'
        f'{f"""<w:color w:val="{colour}"/>""" if colour else ""}{tracking}'
        f'<w:kern w:val="0"/><w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
        '<w:lang w:val="zh-CN" w:eastAsia="zh-CN"/></w:rPr></w:style>'
    )


def plain_style(name: str) -> Any:
    """Return a paragraph style with a name and nothing else, for parts of a template that are not set as such."""
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{style_id(name)}">'
        f'<w:name w:val="{name}"/><w:qFormat/></w:style>'
    )


def style_id(name: str) -> str:
    """Return an ASCII id for a style's Chinese name."""
    return "L" + "".join(f"{ord(char):x}" for char in name)[:40]


def frame(*, width: float, top: float | None = None, rule: str = "") -> Any:
    """Return frame properties: at `top` mm from the page's edge, or at the foot of the type area."""
    place = f'w:vAnchor="page" w:y="{twips(top)}"' if top is not None else 'w:vAnchor="margin" w:yAlign="bottom"'
    return parse_xml(
        f'<w:framePr {nsdecls("w")} w:w="{twips(width)}" w:hSpace="0" w:vSpace="0" w:wrap="around" w:hAnchor="margin" '
        f'w:xAlign="center" {place}{rule}/>'
    )


def bar(number: int, top: float, height: float, colour: str = g.RED) -> Any:
    """Return a run with a filled bar of RULE_WIDTH, centred on the type area, `top` mm from the page's edge."""
    width, left = (round(part * EMU_PER_MM) for part in (g.RULE_WIDTH, g.LEFT + (g.AREA_WIDTH - g.RULE_WIDTH) / 2))
    tall = round(height * EMU_PER_MM)
    namespaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    return parse_xml(
        f'<w:r {namespaces}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" '
        f'relativeHeight="{number}" behindDoc="1" locked="1" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{left}'
        f'</wp:posOffset></wp:positionH><wp:positionV relativeFrom="page"><wp:posOffset>{round(top * EMU_PER_MM)}'
        f'</wp:posOffset></wp:positionV><wp:extent cx="{width}" cy="{tall}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:wrapNone/><wp:docPr id="{number}" name="红线{number}"/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/>'
        f'<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{tall}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="{colour.strip("#")}"/>'
        "</a:solidFill><a:ln><a:noFill/></a:ln></wps:spPr>"
        "<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>"
    )


def picture(part: str, left: float, top: float, width: float, height: float, words: str) -> Any:
    """Return a run with a picture in front of the text: mm from the type area's left edge and the paragraph's top."""
    x, y, wide, tall = (round(mm * EMU_PER_MM) for mm in (left, top, width, height))
    words = escape(words, {'"': "&quot;"})
    return parse_xml(
        f"<w:r {nsdecls('w', 'wp', 'a', 'pic', 'r')}><w:drawing>"
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="9" behindDoc="0" locked="1" '
        'layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="margin"><wp:posOffset>{x}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{y}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{wide}" cy="{tall}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="9" name="印章" descr="{words}"/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        '<pic:nvPicPr><pic:cNvPr id="9" name="seal.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{part}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:anchor>'
        "</w:drawing></w:r>"
    )


def page_field() -> list[Any]:
    """Return the runs of a page number between dashes: — 1 —."""
    w = nsdecls("w")
    return [
        parse_xml(f'<w:r {w}><w:t xml:space="preserve">— </w:t></w:r>'),
        parse_xml(f'<w:r {w}><w:fldChar w:fldCharType="begin"/></w:r>'),
        parse_xml(f'<w:r {w}><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'),
        parse_xml(f'<w:r {w}><w:fldChar w:fldCharType="separate"/></w:r>'),
        parse_xml(f"<w:r {w}><w:t>1</w:t></w:r>"),
        parse_xml(f'<w:r {w}><w:fldChar w:fldCharType="end"/></w:r>'),
        parse_xml(f'<w:r {w}><w:t xml:space="preserve"> —</w:t></w:r>'),
    ]


def font_table(fonts: WordFonts) -> bytes:
    """Return word/fontTable.xml naming a stand-in for each font that stock Windows lacks."""
    other = {name: f'<w:altName w:val="{stand_in}"/>' for name, stand_in in fonts.stand_ins.items()}
    rows = "".join(
        f'<w:font w:name="{name}">{other.get(name, "")}'
        f'<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name in dict.fromkeys((fonts.fang, fonts.title, fonts.hei, fonts.kai, fonts.song))
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{rows}</w:fonts>'.encode()
