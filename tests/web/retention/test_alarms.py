"""Who sees which alarm's dossier."""

from typing import Any

from archive.core.act import Machine, acting
from archive.dossiers import guarding
from archive.retention import alarms
from archive.retention.kinds import AlarmKind
from archive.retention.labels import ADVICE
from tests.builders import Office
from tests.dossier_builders import account, dossier, registered


def test_an_alarm_names_no_dossier_that_is_closed_to_the_reader(office: Office) -> None:
    seen, hidden = registered(office), registered(office)
    with acting(Machine("test")) as act:
        for number in (seen, hidden):
            one = dossier(number)
            alarms.sound(AlarmKind.EXAMINATION, number, dossier_id=one.id, detail="x", act=act)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(hidden), account(office, "records_manager"), reason="亲属", act=act)
    keeper = office.client("records_manager")
    page = keeper.get("/retention/alarms").text
    assert seen in page
    assert hidden not in page
    rows: Any = keeper.get("/api/v1/alarms").json["rows"]  # type: ignore[index]
    told = [(one["dossier"], one["about"], one["facts"]) for one in rows]
    assert told == [("", "", {}), (seen, seen, {"detail": "x"})]
    clear = f"/api/v1/alarms/{rows[1]['id']}/clear"
    assert office.client("officer").post(clear, json={"reason": "已核实"}).status_code == 403
    done: Any = keeper.post(clear, json={"reason": "已核实"}).json
    assert (done["dossier"], done["note"], done["kind"]) == (seen, "已核实", "examination")
    assert keeper.post(clear, json={"reason": "已核实"}).status_code == 409


def test_every_kind_of_alarm_says_what_to_do() -> None:
    assert set(ADVICE) == set(AlarmKind)
