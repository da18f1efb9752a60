"""Whatever JSON comes as facts, preflight answers with findings and composing with a letter; neither breaks."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.letters import preflight
from archive.letters.compose import compose, texts
from archive.letters.facts import wrong
from archive.letters.kinds import LetterKind, kind
from archive.letters.labels import REFUSALS
from archive.letters.paths import LETTERS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("code", [code.value for code in LetterKind])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_in_any_place_is_answered_in_words(code: str, data: st.DataObject) -> None:
    facts: dict[str, Any] = json.loads((LETTERS / code / "example.json").read_text(encoding="utf-8"))
    path = data.draw(
        st.sampled_from([field.path for field in kind(code).fields] + ["reveal", "office", "complaint", "x"])
    )
    *parents, last = path.split(".")
    place = facts
    for part in parents:
        place = place.setdefault(part, {})
    place[last] = data.draw(JSON)
    for one in preflight.check(code, facts):
        assert REFUSALS[one.code].format(**one.facts)
    assert all("\x1e" not in text for text in texts(compose(code, facts)))


@given(facts=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
@settings(max_examples=50, deadline=None)
def test_facts_of_no_kind_at_all_are_refused(facts: dict[str, Any]) -> None:
    assert list(wrong(kind("inquiry"), facts))
