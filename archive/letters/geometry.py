"""The measures of an official letter, in millimetres and points.

Source: GB/T 9704-2012, clauses 5 (page and type area), 7 (elements) and 10.1 (letter form, 信函格式).
"""

PT = 25.4 / 72  # one point in millimetres

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TOP, RIGHT, BOTTOM, LEFT = 37.0, 26.0, 35.0, 28.0
AREA_WIDTH, AREA_HEIGHT = 156.0, 225.0  # 版心
AREA_BOTTOM = TOP + AREA_HEIGHT
AREA_RIGHT = LEFT + AREA_WIDTH
ROWS, CELLS = 22, 28

# Type sizes in points.
SIZE_TITLE = 22.0  # 2号
SIZE_NAME = 26.0  # 1号: the name of a form under the name of the office
SIZE_BODY = 16.0  # 3号
SIZE_FOOT = 14.0  # 4号: page numbers and copies
SIZE_TABLE = 12.0  # 小4号
SIZE_LIST = 10.5  # 5号: lists with many columns

CELL = AREA_WIDTH / CELLS  # the width of one character of the body, in millimetres
# 225 mm / 22 rows is 28.99 pt, but at 28.99 rounding drops the last row of a page; 28.95 keeps all 22.
PITCH_PT = 28.95
PITCH = PITCH_PT * PT
# Added to each character so that 28 of them fill the line; without the last 0.02 pt rounding would let only 27 in.
TRACKING_PT = AREA_WIDTH / PT / CELLS - SIZE_BODY - 0.02
TABLE_PITCH_PT, LIST_PITCH_PT = 20.0, 17.0

# Letter form, clause 10.1.
MARK_TOP = 30.0  # from the page's edge to the ink of the office's name
MARK_GAP = 4.0  # from its ink to the first red rule
RULE_WIDTH = 170.0
RULE_FOOT = 20.0  # from the page's bottom edge to the second rule
RULE_THICK_PT, RULE_SPACE_PT, RULE_THIN_PT = 1.5, 0.6, 0.75
RULE_HEIGHT = (RULE_THICK_PT + RULE_SPACE_PT + RULE_THIN_PT) * PT
NUMBER_GAP = 7 / 8 * SIZE_BODY * PT  # from the rule to the document number
RED = "#e60012"

# The seal, clause 7.3.5.1: over signer and date, a little above their middle; its top within one row of the text.
SEAL_LOW = 4.0  # by how much the middle of signer and date lies below the seal's
SEAL_CLEAR = 0.5  # at least this much under the text, and at most a row less this

# Page number, clause 7.5: 7 mm under the type area, one character in from its outer edge.
PAGE_NUMBER_GAP = 7.0
# Rules around the copies, clause 7.4, in millimetres.
COPY_RULE, COPY_INNER_RULE = 0.35, 0.25

# A form set sideways: bound at the top edge, so the 28 mm margin lies on top.
SIDE_TOP, SIDE_RIGHT, SIDE_BOTTOM, SIDE_LEFT = 28.0, 37.0, 26.0, 35.0
SIDE_WIDTH = PAGE_HEIGHT - SIDE_LEFT - SIDE_RIGHT


def half_leading() -> float:
    """Return the white above a body character inside its row, in millimetres."""
    return (PITCH_PT - SIZE_BODY) / 2 * PT
