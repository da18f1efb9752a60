"""Which rules ask something of a dossier: the archive's own floor, its rule rows, the bound procedure profiles."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding import keeping
from archive.core.ports import ports
from archive.documents.models import Document
from archive.dossiers.models import Dossier
from archive.procedures.office import Bound, chosen, in_force
from archive.procedures.overlay import speaking
from archive.retention.models import RetentionRule
from archive.retention.periods import FLOOR_YEARS, Asked

# Holds whatever the rows say: no rule can be removed so that this one goes.
FLOOR = Asked("floor", 1, "最低保管期限", FLOOR_YEARS, "《中国人民银行金融消费者权益保护实施办法》第四十四条")

FACTS = ("category", "cause", "severity", "source", "channel", "state", "document_kind")


def asked_of(session: Session, dossiers: Sequence[Dossier], *, today: date) -> dict[uuid.UUID, tuple[Asked, ...]]:
    """Return what every rule asks of each dossier: those in force on its closing day, and those in force today.

    A rule made longer thus reaches all that is still kept; one made shorter reaches only what closes later, because
    nothing promised is taken back (see `periods.later`). Of a profile that binds, the version that is pinned and the
    newest in force both ask. Some seven statements, however many dossiers.
    """
    rules = session.scalars(select(RetentionRule).where(RetentionRule.starts_on.is_not(None))).all()
    kinds = _kinds(session, [dossier.id for dossier in dossiers])
    profiles = _profiles(session, dossiers, today)
    found = {}
    for dossier in dossiers:
        days = {day for day in (dossier.closed_on, today) if day is not None}
        facts = _facts(dossier, kinds[dossier.id])
        asked = [rule.asked() for rule in rules if _in_force(rule, days) and fits(rule.conditions, facts)]
        asked += profiles[dossier.id]
        found[dossier.id] = (*_own(), *dict.fromkeys(asked))
    return found


def fits(conditions: Mapping[str, Iterable[str]], facts: Mapping[str, Iterable[str]]) -> bool:
    """Tell whether all conditions hold; a value fits itself and what lies below it (`card` fits `card.credit`)."""
    return all(
        any(value == wanted or value.startswith(f"{wanted}.") for wanted in allowed for value in facts.get(name, ()))
        for name, allowed in conditions.items()
    )


def _own() -> list[Asked]:
    years = ports().settings.retention_years
    if years <= FLOOR_YEARS:
        return [FLOOR]
    return [FLOOR, Asked("setting", 1, "本单位设定的保管期限", years, "本单位保管期限设定 ARCHIVE_RETENTION_YEARS")]


def _in_force(rule: RetentionRule, days: Iterable[date]) -> bool:
    starts, ends = rule.starts_on, rule.ends_on
    return starts is not None and any(starts <= day and (ends is None or day <= ends) for day in days)


def _facts(dossier: Dossier, kinds: Iterable[str]) -> dict[str, Iterable[str]]:
    return {
        "category": (dossier.category,),
        "cause": (dossier.cause,),
        "severity": (dossier.severity.value,),
        "source": (dossier.source.value,),
        "channel": (dossier.channel.value,),
        "state": (dossier.state.value,),
        "document_kind": kinds,
    }


def _kinds(session: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, set[str]]:
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    query = select(Document.dossier_id, Document.kind).where(Document.dossier_id.in_(ids)).distinct()
    for dossier_id, kind in session.execute(query):
        found[dossier_id].add(kind.value)
    return found


def _profiles(session: Session, dossiers: Sequence[Dossier], today: date) -> Mapping[uuid.UUID, list[Asked]]:
    """Return what the profiles ask: those that are bound, and those that would bind by the facts now."""
    known = keeping.setting(session)
    bound = keeping.bound_by(session, [dossier.id for dossier in dossiers], known)
    found: dict[uuid.UUID, list[Asked]] = {}
    for case in keeping.cases_of(session, [dossier.id for dossier in dossiers]):
        facts = known.facts(case)
        path = case.unit_path
        now = chosen(known.office, in_force(known.versions.values(), today), path, facts, today)
        asked = (*_asked(bound.get(case.id, ())), *_asked(keeping.choose(case, facts, known)), *_asked(now))
        found[case.id] = list(dict.fromkeys(asked))
    return found


def _asked(bound: Sequence[Bound]) -> list[Asked]:
    return [
        Asked(
            f"profile.{profile.id}",
            profile.version,
            profile.title,
            None if profile.retention.permanent else profile.retention.years,
            f"《{profile.authority}》{profile.retention.basis}",
        )
        for profile in speaking(bound, lambda one: one.retention)
        if profile.retention is not None
    ]
