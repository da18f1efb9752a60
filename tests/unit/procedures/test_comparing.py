"""Two versions of a rule set are compared clause by clause, in the words they are shown in."""

from dataclasses import replace

from archive.core import labels
from archive.dossiers.pages import conditions_word
from archive.people import labels as people
from archive.procedures import labels as own
from archive.procedures.comparing import Clause, differences
from archive.procedures.loading import shipped
from archive.procedures.profile import Approval, Item, Profile, Proof
from archive.procedures.states import Part


def told(old: Profile, new: Profile) -> dict[Part, list[tuple[Clause | None, Clause | None]]]:
    labels.join(own.WORDS, own.REFUSALS)
    labels.join(people.WORDS, people.REFUSALS)
    found: dict[Part, list[tuple[Clause | None, Clause | None]]] = {}
    for one in differences(old, new, conditions_word):
        found.setdefault(one.part, []).append((one.before, one.after))
    return found


def test_a_version_without_changes_of_substance_tells_none() -> None:
    for profile in shipped().values():
        assert told(profile, replace(profile, version=profile.version + 1, notes=("另注",), authority="新名")) == {}


def test_every_part_tells_what_was_and_what_is_to_be_with_the_article() -> None:
    old = shipped()["XXGS"]
    assert old.retention is not None
    head = next(role for role in old.roles if role.core == "head")
    new = replace(
        old,
        documents=(replace(old.documents[0], by=Proof.CONFIRM, article="第一条"), *old.documents[1:]),
        non_acceptance=old.non_acceptance[1:],
        admission=(*old.admission, Item("proxy", "代理人有授权", "第二条", required=True)),
        approvals=(*old.approvals, Approval("close", (head.code,), "第三条")),
        retention=replace(old.retention, years=30, basis="第四条"),
    )
    evidence, refused = old.documents[0].name, old.non_acceptance[0].name
    assert told(old, new) == {
        Part.DOCUMENTS: [
            (Clause(evidence, "查卷内有无材料", "第十条(四)"), Clause(evidence, "由承办人确认", "第一条"))
        ],
        Part.ADMISSION: [(None, Clause("代理人有授权", "必须具备", "第二条"))],
        Part.REFUSAL: [(Clause(refused, "", "第十七条(一)"), None)],
        Part.APPROVALS: [(None, Clause("办结", f"经{head.name}（负责人）", "第三条"))],
        Part.RETENTION: [(Clause("3 年", "", "第二十四条"), Clause("30 年", "", "第四条"))],
    }
    assert list(told(old, new)) == [part for part in Part if part in told(old, new)]
