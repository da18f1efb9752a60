import pytest

from archive.letters import geometry as g
from archive.letters.fonts import find
from archive.letters.typeset import break_title, cell_width, signature, width_pt


@pytest.mark.parametrize(
    ("title", "keep"),
    [
        ("关于请协助调查王建国投诉事项的函", ()),
        ("关于商请就个人账户管理费收取和存量客户告知义务提供意见的函", ()),
        ("关于移送滨江某某财富管理有限公司涉嫌非法吸收公众存款线索的函", ("滨江某某财富管理有限公司",)),
        ("关于分办喆垚𬎆䶮对中国某某银行股份有限公司滨江市城南开发区支行理财产品销售投诉事项的函", ("喆垚𬎆䶮",)),
    ],
)
def test_a_title_breaks_at_word_ends_into_lines_that_fit(title: str, keep: tuple[str, ...]) -> None:
    lines = break_title(title, keep)
    assert "".join(lines) == title
    assert all(cell_width(line) <= 20 for line in lines)
    assert len(lines) <= 4
    assert all(len(line) >= 4 for line in lines)
    assert all(line[0] not in "的，。、）》" for line in lines)
    for word in (*keep, "投诉", "有限公司", "关于"):
        assert title.count(word) == sum(line.count(word) for line in lines)


def test_breaks_typed_by_hand_win() -> None:
    assert break_title("关于甲乙\n投诉的函") == ("关于甲乙", "投诉的函")


def test_with_a_seal_the_date_stands_four_characters_in_and_the_signer_above_its_middle() -> None:
    fonts = find()
    place = signature("滨江市金融消费者权益保护中心", "2026年11月21日", seal=True, fonts=fonts)
    date_middle = place.date_right + width_pt("2026年11月21日", fonts) * g.PT / 2
    signer_middle = place.signer_right + width_pt("滨江市金融消费者权益保护中心", fonts) * g.PT / 2
    assert date_middle == pytest.approx(signer_middle)
    assert place.rows_above == 2


def test_a_long_signer_stays_within_the_type_area() -> None:
    place = signature(
        "中华人民共和国滨江市金融消费者权益保护联合调解中心城南分中心", "2026年1月1日", seal=True, fonts=find()
    )
    assert place.signer_right >= 0
    assert place.date_right > 4 * g.CELL


def test_without_a_seal_the_date_starts_two_characters_right_of_the_signer() -> None:
    fonts = find()
    signer, date = "滨江市金融消费者权益保护中心", "2026年1月1日"
    place = signature(signer, date, seal=False, fonts=fonts)
    signer_left = place.signer_right + width_pt(signer, fonts) * g.PT
    date_left = place.date_right + width_pt(date, fonts) * g.PT
    assert signer_left - date_left == pytest.approx(2 * g.CELL)
    assert place.signer_right == pytest.approx(2 * g.CELL)
