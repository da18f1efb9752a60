"""What becomes of a dossier's keeping when it ends, rules change, dossiers are joined: nothing makes it shorter."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, Problem, RuleBroken, StoreDown
from archive.core.ports import ports
from archive.documents.models import Version
from archive.dossiers import series
from archive.dossiers.models import Dossier
from archive.procedures.limit import Level
from archive.retention import clocks, filed_number, filing, matching, periods, reading
from archive.retention.filed_number import Shelf
from archive.retention.models import Joined, Keeping, RetentionRule
from archive.retention.periods import Asked, Promise, Trigger
from storage.port import StoreError

_BATCH = 500


def ended(dossier: Dossier, act: Act) -> None:
    """File a dossier that has just ended: its filed number, and until when it is kept. In the act that ends it.

    Raises RuleBroken when the clock is behind what was written already, StoreDown when the store cannot take locks,
    Refused when the examination of its files fails.
    """
    clocks.check_not_behind(act.session, act.moment)
    act.session.flush()
    if act.session.scalar(select(Version.id).where(Version.dossier_id == dossier.id).limit(1)) is not None:
        _check_store()
        filing.examine_dossier(dossier, act=act)
    refresh([dossier], act=act)
    # From this entry grow the papers and renditions of the filed dossier.
    act.record("dossier:file", dossier, number=dossier.number)


def refresh(dossiers: Sequence[Dossier], *, act: Act) -> int:
    """Reckon anew until when these ended dossiers are kept; return how many are kept longer than before."""
    ended_ones = [dossier for dossier in dossiers if dossier.closed_on is not None]
    asked = matching.asked_of(act.session, ended_ones, today=shanghai_date(act.moment))
    changed = 0
    for dossier in ended_ones:
        closed_on = reading.counted_from(dossier, act.session.get(Keeping, dossier.id))
        assert closed_on is not None
        found = periods.longest(closed_on, asked[dossier.id])
        for other in reading.promised(act.session, reading.joined_ids(act.session, dossier.id)):
            found = periods.later(found, other)
        if found is not None:
            changed += _keep(dossier, found, act)
    return changed


def refresh_all(*, act: Act, after: uuid.UUID | None = None) -> uuid.UUID | None:
    """Reckon anew the next few hundred dossiers, in the order of ids; return the last one's id, None at the end."""
    query = (
        select(Dossier)
        .join(Keeping, Keeping.dossier_id == Dossier.id)
        .where(Keeping.destroyed_at.is_(None))
        .order_by(Dossier.id)
        .limit(_BATCH)
    )
    rows = act.session.scalars(query if after is None else query.where(Dossier.id > after)).all()
    refresh(rows, act=act)
    return rows[-1].id if len(rows) == _BATCH else None


def join(first: Dossier, second: Dossier, *, reason: str, act: Act) -> None:
    """Keep two dossiers together, both until the later end. Raises RuleBroken, BadInput."""
    if first.id == second.id:
        raise BadInput("input.bad", [Problem("joined.same", "number")])
    one, other = sorted((first.id, second.id))
    if act.session.scalar(select(Joined.id).where(Joined.first_id == one, Joined.second_id == other)):
        raise RuleBroken("joined.twice", number=second.number)
    act.session.add(
        Joined(first_id=one, second_id=other, reason=reason, made_by_name=act.actor.name, made_at=act.moment)
    )
    act.session.flush()
    act.record("dossier:join", first, number=first.number, other=second.number)
    # Twice: what the second learns from the first it may have to give back to those joined to the first.
    _refresh_joined(first, act)


def add_rule(
    *,
    rule_code: str,
    name: str,
    years: int | None,
    basis: str,
    level: Level,
    starts_on: date | None,
    trigger: Trigger = Trigger.CLOSING,
    conditions: dict[str, list[str]] | None = None,
    act: Act,
) -> RetentionRule:
    """Add a rule, or the next version of one, which ends the version before. Raises BadInput."""
    periods.check_years(years)
    unknown = set(conditions or {}) - set(matching.FACTS)
    if unknown:
        names = {"names": "、".join(sorted(unknown))}
        raise BadInput("input.bad", [Problem("retention.condition", "conditions", names)])
    before = act.session.scalars(
        select(RetentionRule).where(RetentionRule.code == rule_code).order_by(RetentionRule.version.desc())
    ).first()
    if before is not None and starts_on is not None:
        if before.starts_on is not None and starts_on <= before.starts_on:
            raise BadInput("input.bad", [Problem("retention.rule_order", "starts_on")])
        if before.starts_on is not None and before.ends_on is None:
            before.ends_on = date.fromordinal(starts_on.toordinal() - 1)
            act.session.flush()
    rule = RetentionRule(
        code=rule_code,
        version=before.version + 1 if before else 1,
        name=name,
        years=years,
        trigger=trigger,
        conditions=conditions or {},
        basis=basis,
        level=level,
        starts_on=starts_on,
        added_by=act.actor.id,
        added_by_name=act.actor.name,
        added_at=act.moment,
    )
    act.session.add(rule)
    act.session.flush()
    act.record("retention_rule:add", rule, code=rule_code, version=rule.version, years=years, basis=basis)
    return rule


def extend(dossier: Dossier, asked: Asked, *, from_day: date, act: Act) -> None:
    """Keep a dossier longer because its appraisal says so (档案法实施条例, 第二十四条)."""
    found = periods.promise(from_day, asked)
    _keep(dossier, found, act)
    _refresh_joined(dossier, act)


def count_from_filing(dossier: Dossier, row: Keeping, *, act: Act) -> None:
    """Count from the day the archive took the dossier over: the closing day that came with it does not stand."""
    asked = matching.asked_of(act.session, [dossier], today=shanghai_date(act.moment))[dossier.id]
    found = periods.longest(row.filed_on, [*asked, row.promise.asked])
    assert found is not None
    row.closed_on = row.filed_on
    _keep(dossier, found, act)
    _refresh_joined(dossier, act)


def _refresh_joined(dossier: Dossier, act: Act) -> None:
    ids = {dossier.id, *reading.joined_ids(act.session, dossier.id)}
    rows = act.session.scalars(select(Dossier).where(Dossier.id.in_(ids))).all()
    promised: Promise | None = None
    for one in reading.promised(act.session, ids):
        promised = periods.later(promised, one)
    for row in _filed(rows, act):
        if promised is not None:
            _keep(row, promised, act)


def _filed(rows: Iterable[Dossier], act: Act) -> list[Dossier]:
    return [row for row in rows if act.session.get(Keeping, row.id) is not None]


def _keep(dossier: Dossier, found: Promise, act: Act) -> bool:
    """Write down the later of what was promised and what is found; tell whether anything became later."""
    row = act.session.get(Keeping, dossier.id)
    new = row is None
    if row is None:
        row = _filed_anew(dossier, found, act)
        act.session.add(row)
    best = periods.later(row.promise, found)
    assert best is not None
    longer = not new and best != row.promise
    if dossier.closed_on is not None:
        row.closed_on = max(row.closed_on, dossier.closed_on)
    if new or longer:
        _write(row, best)
        row.computed_at = act.moment
        act.session.flush()
        act.record(
            "keeping:promise", row, number=dossier.number, filed_number=row.filed_number, rule=row.rule_code,
            years=row.rule_years, last_day=row.last_day, permanent=row.permanent,
        )  # fmt: skip
    return longer


def _filed_anew(dossier: Dossier, found: Promise, act: Act) -> Keeping:
    template = ports().settings.filed_number_template
    closed_on = _closed_on(dossier)
    shelf = Shelf(dossier.fonds, closed_on.year, filed_number.period_code(found.asked.years), dossier.unit.code)
    sequence = series.take(act.session, f"filed:{filed_number.series(template, shelf)}")
    row = Keeping(
        dossier_id=dossier.id,
        number=dossier.number,
        filed_number=filed_number.number(template, shelf, sequence),
        filed_on=shanghai_date(act.moment),
        closed_on=closed_on,
        computed_at=act.moment,
    )
    _write(row, found)
    return row


def _write(row: Keeping, found: Promise) -> None:
    row.last_day, row.disposable_at, row.permanent = found.last_day, found.disposable_at, found.permanent
    row.rule_code, row.rule_version, row.rule_name = found.asked.code, found.asked.version, found.asked.name
    row.rule_years, row.rule_basis, row.rule_trigger = found.asked.years, found.asked.basis, found.asked.trigger


def _closed_on(dossier: Dossier) -> date:
    assert dossier.closed_on is not None
    return dossier.closed_on


def _check_store() -> None:
    try:
        ports().store.check()
    except StoreError as error:
        raise StoreDown("retention.store_down") from error
