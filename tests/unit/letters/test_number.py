import pytest

from archive.letters.number import DocumentNumber


def test_a_number_is_read_and_written_the_same() -> None:
    number = DocumentNumber.parse("金消函〔2026〕37号")
    assert number == DocumentNumber("金消函", 2026, 37)
    assert str(number) == "金消函〔2026〕37号"


@pytest.mark.parametrize(
    "text",
    [
        "金消函[2026]37号",
        "金消函(2026)37号",
        "金消函〔26〕37号",
        "金消函〔2026〕037号",
        "金消函〔2026〕第37号",
        "〔2026〕37号",
        "金消函〔2026〕37",
    ],
)
def test_a_number_in_another_form_is_refused(text: str) -> None:
    assert DocumentNumber.parse(text) is None
