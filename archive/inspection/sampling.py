"""Random samples that anybody can draw again: the population is frozen, seed and algorithm are on record."""

import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, undefer

from archive.core.act import Act, plain
from archive.core.clock import SHANGHAI
from archive.core.errors import NotAllowed, NotFound, RuleBroken
from archive.core.sheets import Column, Sheet, as_bytes
from archive.dossiers import code_tables, queries
from archive.dossiers.models import Dossier, Institution
from archive.dossiers.queries import Line
from archive.dossiers.states import CodeTable
from archive.inspection import cases, rules
from archive.inspection.kinds import Strata
from archive.inspection.models import Sample, SampleMember
from archive.inspection.rules import Case
from archive.people.models import Unit
from archive.people.rules import Permission, Person, may

_NO_STRATUM = "（空）"


def draw(*, title: str, size: int, strata: Strata, seed: str = "", act: Act, **asked: Any) -> Sample:
    """Draw a sample of the ended dossiers the auditor may see; `asked` as in cases.conditions.

    Without a seed one is thrown. Raises NotAllowed, RuleBroken when there is nothing to draw from.
    """
    person = act.actor
    if not isinstance(person, Person) or not may(person, Permission.READ_AUDIT):
        raise NotAllowed("person.lacks", permission=Permission.READ_AUDIT)
    known = _population(act.session, person, strata, asked)
    if not known:
        raise RuleBroken("sample.empty")
    population = rules.frozen(known)
    seed = seed or secrets.token_hex(8)
    chosen = rules.draw(population, seed, size)
    sample = Sample(
        title=title,
        algorithm=rules.ALGORITHM,
        seed=seed,
        size=size,
        strata=strata,
        asked={name: plain(value) for name, value in asked.items() if value},
        population=[[one.number, one.stratum] for one in population],
        population_size=len(population),
        population_hash=rules.population_hash(population),
        drawn_by=person.id,
        drawn_by_name=person.name,
        drawn_at=act.moment,
        members=[
            SampleMember(position=at, dossier_id=known[one], number=one.number, stratum=one.stratum)
            for at, one in enumerate(chosen, start=1)
        ],
    )
    act.session.add(sample)
    act.session.flush()
    act.record(
        "sample:draw", sample, title=title, algorithm=rules.ALGORITHM, seed=seed, size=size, strata=strata,
        population=len(population), population_hash=sample.population_hash,
    )  # fmt: skip
    return sample


def drawn_again(sample: Sample) -> bool:
    """Tell whether drawing again from the frozen population gives the same population hash and the same sample."""
    population = [Case(number, stratum) for number, stratum in sample.population]
    again = [one.number for one in rules.draw(population, sample.seed, sample.size)]
    return rules.population_hash(population) == sample.population_hash and again == [
        one.number for one in sample.members
    ]


def own(session: Session, person: Person) -> Sequence[Sample]:
    """Return the person's samples, the newest first, at most two hundred. One statement."""
    query = select(Sample).where(Sample.drawn_by == person.id)
    return session.scalars(query.order_by(Sample.drawn_at.desc(), Sample.id.desc()).limit(200)).all()


def find(session: Session, sample_id: uuid.UUID, person: Person) -> Sample:
    """Return the person's own sample with its population. Raises NotFound, the same for another's."""
    query = select(Sample).where(Sample.id == sample_id, Sample.drawn_by == person.id)
    found = session.scalar(query.options(undefer(Sample.population)))
    if found is None:
        raise NotFound("sample.unknown")
    return found


def lines(session: Session, sample: Sample, person: Person) -> dict[str, Line]:
    """Return those of a sample's dossiers that the person may see now, by number. One statement."""
    ids = [one.dossier_id for one in sample.members]
    return {line.number: line for line in queries.by_ids(session, person, ids)}


def export(sample: Sample, person: Person, *, act: Act) -> bytes:
    """Return a sample as a table, with how it was drawn and the whole frozen population. Recorded."""
    shown = lines(act.session, sample, person)
    act.record("sample:export", sample, title=sample.title, count=len(sample.members))
    above = (
        f"算法 {sample.algorithm}；种子 {sample.seed}；样本量 {sample.size}；总体 {sample.population_size} 件",
        f"总体校验值（SHA-256）{sample.population_hash}",
        f"{sample.drawn_by_name} 抽取于 {sample.drawn_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    )
    drawn = Sheet(
        "样本",
        (
            Column("序号", 6), Column("案号", 22), Column("层", 20), Column("投诉事项", 40), Column("单位"),
            Column("办结", 18),
        ),
        [
            (one.position, one.number, one.stratum, line.title if line else "（现不可查阅）", line.unit if line else "",
             line.closed_at if line else None)
            for one, line in ((one, shown.get(one.number)) for one in sample.members)
        ],
        above=above,
    )  # fmt: skip
    population = Sheet("总体", (Column("案号", 22), Column("层", 20)), sample.population, above=above)
    return as_bytes(drawn, population)


def _population(session: Session, person: Person, strata: Strata, asked: dict[str, Any]) -> dict[Case, uuid.UUID]:
    columns: dict[Strata, Any] = {
        Strata.NONE: literal(""),
        Strata.CATEGORY: Dossier.category,
        Strata.UNIT: Unit.name,
        Strata.RESPONDENT: Institution.name,
    }
    rows = session.execute(
        select(Dossier.id, Dossier.number, columns[strata])
        .join(Unit, Unit.id == Dossier.unit_id)
        .outerjoin(Institution, Institution.id == Dossier.respondent_id)
        .where(*cases.conditions(person, **asked))
    )
    table = code_tables.table(session, CodeTable.CATEGORY) if strata is Strata.CATEGORY else None
    known = {}
    for dossier_id, number, value in rows:
        word = "" if strata is Strata.NONE else (table.word(value) if table else value) or _NO_STRATUM
        known[Case(number, word)] = dossier_id
    return known
