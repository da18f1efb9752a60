"""Who sees which alarm's dossier."""

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
            alarms.sound(AlarmKind.EXAMINATION, number, dossier_id=one.id, act=act)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(hidden), account(office, "records_manager"), reason="亲属", act=act)
    page = office.client("records_manager").get("/retention/alarms").text
    assert seen in page
    assert hidden not in page


def test_every_kind_of_alarm_says_what_to_do() -> None:
    assert set(ADVICE) == set(AlarmKind)
