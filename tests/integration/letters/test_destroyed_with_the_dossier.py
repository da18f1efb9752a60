"""Letters go with their dossier; their numbers stay in the register, which has no gaps."""

from datetime import timedelta

from sqlalchemy import func, select

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal.kinds import ListState
from archive.dossiers import moving
from archive.dossiers.states import State
from archive.letters import registers
from archive.letters.models import LetterNumber, LetterRow, Review, Serving
from archive.retention import locks
from tests import disposal_builders as disposal
from tests import retention_builders
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier, told
from tests.letter_builders import filed


def test_a_destroyed_dossier_leaves_the_number_of_its_letter(office: Office, clock: FixedClock) -> None:
    retention_builders.long_ago(clock)
    number = brought_to(office, State.INVESTIGATING, received_at=clock.moment)
    taken = filed(office, number).number
    officer, head = office.person("officer"), office.person("head")
    with acting(officer) as act:
        moving.answer(dossier(number), outcome="银行退还利息。", act=act)
    told(office, number)
    with acting(head) as act:
        moving.close(dossier(number), act=act)
    locks.sweep()
    disposal.marked(clock, disposal.present() - timedelta(days=15))
    assert disposal.destroyed(office, disposal.ready(office, clock, [number])) is ListState.CERTIFIED
    for model in (LetterRow, Review, Serving):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    line = db.session.scalars(select(LetterNumber)).one()
    assert (line.number, line.letter_id) == (taken, None)
    (book,) = registers.books(db.session(), head)
    sheet = registers.sheet(db.session(), head, book.mark, book.year)
    assert [(row[0], row[3]) for row in sheet.rows] == [(taken, "（案卷已销毁）")]
