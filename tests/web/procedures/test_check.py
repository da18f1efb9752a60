"""`anjuan profile check` tells every flaw with its line; what every shipped profile says is drawn in words."""

from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from archive.procedures.commands import profile
from archive.procedures.loading import shipped, shipped_texts
from tests.builders import Office


def test_a_flawed_file_is_told_line_by_line_and_a_sound_one_is_summed_up(tmp_path: Path) -> None:
    bad = (
        shipped_texts()["XXGS"]
        .replace("by: told", "by: hearsay")
        .replace("act: mediate, by: [leading_group]", "act: review, by: [legal, leading_group]")
    )
    (tmp_path / "bad.yaml").write_text(bad, encoding="utf-8")
    (tmp_path / "good.yaml").write_text(shipped_texts()["GDCL"], encoding="utf-8")
    (tmp_path / "gbk.yaml").write_bytes("id: A\ntitle: 规程".encode("gbk"))
    found = CliRunner().invoke(
        profile, ["check", *(str(tmp_path / name) for name in ("bad.yaml", "good.yaml", "gbk.yaml"))]
    )
    assert found.exit_code == 1
    line = next(no for no, text in enumerate(bad.splitlines(), 1) if "hearsay" in text)
    assert f"bad.yaml:{line}：closing[1].by" in found.output
    assert "T13　调查核实、反馈和协商：15 个工作日（三之2）" in found.output
    assert "gbk.yaml:2" in found.output
    one = CliRunner().invoke(profile, ["check", str(tmp_path / "good.yaml")])
    assert one.exit_code == 0


def test_numbers_that_would_repeat_and_chains_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    text = shipped_texts()["XXGS"].replace(
        "{act: extend, by: [complaint_head]", "{act: extend, by: [legal, complaint_head]"
    )
    text += 'numbering: {template: "{yy}-{seq:03}"}\n'
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    found = CliRunner().invoke(profile, ["check", str(tmp_path / "own.yaml")]).output
    assert "会重号，或不能用作案号" in found
    assert "延期和复核由一个角色决定" in found


def test_every_profile_is_drawn_in_words(app: Flask, office: Office) -> None:
    client = office.client("head")
    for name in shipped():
        page = client.get(f"/procedures/{name}/1")
        assert page.status_code == 200, name
        assert "系统据此办理" in page.text
        for code in ("in_person", "natural", "individual_business", "leading_group", "forwarding-notice"):
            assert f">{code}" not in page.text.partition("<details>")[0]
