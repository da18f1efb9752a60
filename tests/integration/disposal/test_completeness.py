"""Every number ever given is live or destroyed; one that is neither is named."""

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import completeness
from archive.dossiers import series
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office


def test_live_and_destroyed_numbers_leave_no_gap(office: Office, clock: FixedClock) -> None:
    numbers = disposal.expired(office, clock, 3, files=1)
    disposal.destroyed(office, disposal.ready(office, clock, numbers[:2]))
    builders.registered(office, received_at=clock.moment)
    found = {one.name: one for one in completeness.report(db.session())}
    cases = found["案号 2021-TS-*"]
    assert (cases.given, cases.live, cases.destroyed, cases.gaps) == (3, 1, 2, ())
    filed = found["档号 A001-TS·2021-D3-root-*"]
    assert (filed.given, filed.live, filed.destroyed, filed.gaps) == (3, 1, 2, ())
    assert completeness.gaps(db.session()) == []


def test_scenario_38_a_number_that_is_nowhere_is_flagged(office: Office) -> None:
    with acting(office.person("records_manager")) as act:
        # 000123 was given, and nothing bears it.
        series.reach(act.session, series.dossier_key("{year}-TS-{seq:06}", 2026, ""), 123)
    number = builders.registered(office)
    assert number == "2026-TS-000124"
    cases = next(one for one in completeness.report(db.session()) if one.name.startswith("案号"))
    assert (cases.given, cases.gaps[-1]) == (124, "000123")
    auditor = office.client("auditor").get("/api/v1/completeness")
    assert auditor.status_code == 200
    assert any("000123" in one["gaps"] for one in auditor.json)
    assert office.client("records_manager").get("/api/v1/completeness").status_code == 403
