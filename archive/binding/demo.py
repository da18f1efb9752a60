"""The demonstration's limits: an extension that waits, an expert asked, missed limits, a new version of the rule."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from archive.binding import extending, handlers, operations
from archive.binding.models import DossierLimit
from archive.core.act import acting
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.db import db
from archive.dossiers.models import Dossier
from archive.dossiers.states import NoticeChannel, State
from archive.people import queries as people
from archive.procedures import operations as procedures
from archive.procedures.loading import shipped_texts


def demonstrate() -> None:
    """Make the examples out of dossiers that are being investigated."""
    session = db.session()
    officer = people.person(session, people.by_login(session, "officer"))
    query = select(Dossier.id).where(
        Dossier.state == State.INVESTIGATING, Dossier.officer_id == officer.id, Dossier.due_at.is_not(None)
    )
    waiting = session.scalars(query.order_by(Dossier.due_at.desc()).limit(2)).all()
    for order, dossier_id in enumerate(waiting):
        with acting(officer) as act:
            dossier = act.session.get_one(Dossier, dossier_id)
            limit = act.session.scalars(
                select(DossierLimit)
                .where(DossierLimit.dossier_id == dossier_id, DossierLimit.operative_at > act.moment)
                .where(DossierLimit.limit_id == "C01")
            ).first()
            if limit is None or limit.operative_at is None:
                continue
            if order == 0:
                until = datetime.combine(shanghai_date(limit.operative_at) + timedelta(days=9), time(12), SHANGHAI)
                extending.ask(
                    dossier, limit, until=until, reason="须向省外网点调取开户影像，往返约十日。",
                    notice=NoticeChannel.LETTER, act=act,
                )  # fmt: skip
            else:
                operations.begin_appraisal(
                    dossier, body="长江司法鉴定所", reason="合同签名笔迹", evidence="鉴定委托书 2026-014",
                    began_at=act.moment - timedelta(hours=20), act=act,
                )  # fmt: skip
    handlers.watch([])
    _second_version()


def _second_version() -> None:
    """A new version of the office's own rule waits for its second signature; what it would change shows already."""
    session = db.session()
    lawyer = people.person(session, people.by_login(session, "legal"))
    text = shipped_texts()["WQZX"].replace("version: 1", "version: 2", 1)
    text = text.replace("to: handled, unnumbered: inherit}", "to: handled, limit: 10 workday}")
    text = text.replace("article: 二(一), by: hint}", "article: 二(一), by: confirm}")
    text = text.replace("documents:", "retention: {years: 10, basis: 本中心自定}\ndocuments:")
    with acting(lawyer) as act:
        procedures.propose(
            text, "WQZX.yaml", note="调查处理的期限由本中心明定为十个工作日；能否调解须有结论；保管十年。", act=act
        )


def remind() -> None:
    """Make everybody's digest of today, once all else is there."""
    handlers.remind([])
