"""The operative limit follows what happens to the dossier, and stands on its row."""

from datetime import UTC, datetime, timedelta

from archive.core.act import acting
from archive.dossiers import moving, registering
from archive.dossiers.states import State
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, complaint, dossier, registered

# Received on 5 March in Shanghai: fifteen days, the first not counted, end with 20 March.
FIRST = datetime(2026, 3, 20, 16, 0, tzinfo=UTC)


def test_a_complaint_has_fifteen_natural_days(office: Office) -> None:
    found = dossier(registered(office))
    assert found.due_at == FIRST
    assert found.due_rule == "《中国人民银行金融消费者权益保护实施办法》第四十三条"
    assert found.due_provisional is False


def test_a_supplement_stops_the_clock_and_moves_the_limit(office: Office, clock) -> None:
    number = brought_to(office, State.SUPPLEMENTING)
    assert dossier(number).due_at is None
    clock.moment = NOW + timedelta(days=4)
    with acting(office.person("officer")) as act:
        moving.receive_supplement(dossier(number), note="补来", act=act)
    assert dossier(number).due_at == FIRST + timedelta(days=4)


def test_new_facts_start_it_anew_and_closing_leaves_it(office: Office, clock) -> None:
    number = brought_to(office, State.CLOSED)
    assert dossier(number).due_at == FIRST
    clock.moment = NOW + timedelta(days=40)
    with acting(office.person("head")) as act:
        moving.reopen(dossier(number), note="新证据", act=act)
    assert dossier(number).due_at == FIRST + timedelta(days=40)


def test_a_corrected_date_of_receipt_corrects_the_limit(office: Office) -> None:
    number = registered(office)
    with acting(office.person("intake")) as act:
        registering.edit(dossier(number), complaint(received_at=NOW - timedelta(days=2)), act=act)
    assert dossier(number).due_at == FIRST - timedelta(days=2)
