"""What must hold, and be in the dossier, before it is closed: asked by the profiles that bind it, shown by its records.

All that is missing is told at once, with text and article and what to do about it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.bound import bound, facts
from archive.core.act import Act
from archive.core.errors import Problem
from archive.documents.models import Document
from archive.dossiers import duties
from archive.dossiers.models import Dossier
from archive.handling import calls, deciding, holding, procedure
from archive.handling.holding import check, hold, make
from archive.handling.kinds import CompensationState, EvidenceState, Subject, Worth
from archive.handling.models import Compensation, EvidenceRequest, Fulfilment, Minutes
from archive.people.rules import Permission
from archive.procedures.office import Bound
from archive.procedures.overlay import Stated, code_of, stated
from archive.procedures.profile import Demand, Proof
from archive.procedures.rules import matches

# Of these somebody says that they hold, and by what.
_RECORDED = (Proof.DOCUMENT, Proof.CONFIRM)
# What dossiers.duties tells already when it is missing.
_TOLD_ELSEWHERE = (Proof.TOLD, Proof.CLASSIFIED)


@dataclass(frozen=True)
class Line:
    """A demand of a profile on this dossier, and whether it is met. `shown_by` names what shows it."""

    code: str
    name: str
    basis: str
    by: Proof
    met: bool
    shown_by: str = ""

    @property
    def recordable(self) -> bool:
        """Whether somebody is to record it, and nobody has."""
        return self.by in _RECORDED and not self.met


def lines(session: Session, dossier: Dossier) -> list[Line]:
    """Return everything the bound profiles demand of the dossier before closing. Some ten statements at most."""
    found = _applying(session, dossier)
    recorded = _recorded(session, dossier) if any(one.entry.by in _RECORDED for one in found) else {}
    held = {proof: _HOLDS[proof](session, dossier) for proof in {one.entry.by for one in found} if proof in _HOLDS}
    return [_line(one, recorded, held) for one in found]


def unmet(session: Session, dossier: Dossier) -> list[Problem]:
    """Return what the bound profiles still demand before closing."""
    return [
        Problem(f"close.demand.{line.by.value}", facts={"name": line.name, "basis": line.basis})
        for line in lines(session, dossier)
        if not line.met and line.by not in _TOLD_ELSEWHERE
    ]


def record(dossier: Dossier, asked: Mapping[str, Any], *, act: Act) -> Fulfilment:
    """Write down that a demand is met: which document it is, or by what it is known.

    Raises NotAllowed, RuleBroken, BadInput.
    """
    hold(dossier, Permission.HANDLE, act=act)
    line = next((one for one in lines(act.session, dossier) if one.code == asked["demand"]), None)
    if line is None or line.by not in _RECORDED:
        check(Problem("input.choice", "demand"))
    assert line is not None  # else there was a problem
    problems = holding.document(act.session, dossier.id, asked["document_id"], "document_id")
    if line.by is Proof.DOCUMENT and asked["document_id"] is None:
        problems.append(Problem("fulfilment.document", "document_id"))
    if line.by is Proof.CONFIRM and asked["document_id"] is None and not asked["note"]:
        problems.append(Problem("fulfilment.note", "note"))
    check(*problems)
    values = {**asked, "name": line.name, "basis": line.basis}
    return make(Fulfilment, dossier, values, act=act, verb="record", demand=line.code)


def strike(entry: Fulfilment, asked: Mapping[str, Any], *, act: Act) -> None:
    """Strike a mistaken entry by another one that says why; the demand is open again. Raises NotAllowed, RuleBroken."""
    dossier = holding.dossier_of(entry, act)
    hold(dossier, Permission.HANDLE, act=act)
    holding.check_state(entry, entry.worth, Worth.STANDS)
    values = {"demand": entry.demand, "name": entry.name, "basis": entry.basis, "strikes_id": entry.id, **asked}
    make(Fulfilment, dossier, values, act=act, verb="strike", demand=entry.demand)
    act.session.refresh(entry)


def _applying(session: Session, dossier: Dossier) -> Sequence[Stated[Demand]]:
    """Return the demands that apply to the dossier, those on its closing first; each once by its name."""
    profiles: Sequence[Bound] = bound(session, dossier)
    found = (*stated(profiles, lambda one: one.closing), *stated(profiles, lambda one: one.documents))
    known = facts(session, dossier) if any(one.entry.when for one in found) else {}
    return [one for one in found if matches(one.entry.when, known)]


def _line(one: Stated[Demand], recorded: Mapping[str, str], held: Mapping[Proof, bool]) -> Line:
    code = code_of(one.profile, one.entry.code)
    met = code in recorded if one.entry.by in _RECORDED else held.get(one.entry.by, True)
    return Line(code, one.entry.name, one.basis, one.entry.by, met, recorded.get(code, ""))


def _recorded(session: Session, dossier: Dossier) -> dict[str, str]:
    rows = session.scalars(select(Fulfilment).where(Fulfilment.dossier_id == dossier.id).order_by(Fulfilment.made_at))
    return {row.demand: row.document.title if row.document else row.note for row in rows if row.worth is Worth.STANDS}


def _none(model: Any, *conditions: Any) -> Callable[[Session, Dossier], bool]:
    def holds(session: Session, dossier: Dossier) -> bool:
        return session.scalar(select(model.id).where(model.dossier_id == dossier.id, *conditions).limit(1)) is None

    return holds


def _some(model: Any) -> Callable[[Session, Dossier], bool]:
    none = _none(model)
    return lambda session, dossier: not none(session, dossier)


def _asked_afterwards(session: Session, dossier: Dossier) -> bool:
    """Each side that the profiles name was reached since the answer, or tried as often as is enough."""
    asked = calls.tried(session, dossier, procedure.calling(bound(session, dossier)))
    return dossier.answered_at is not None and not any(one.waits for one in asked)


_HOLDS: Mapping[Proof, Callable[[Session, Dossier], bool]] = {
    Proof.TOLD: lambda session, dossier: not duties.told_the_result(session, dossier),
    Proof.CLASSIFIED: lambda session, dossier: not duties.classified(session, dossier),
    Proof.COMPENSATED: _none(Compensation, Compensation.state == CompensationState.PROMISED),
    Proof.REQUESTS: _none(EvidenceRequest, EvidenceRequest.state == EvidenceState.ASKED),
    Proof.SATISFACTION: _asked_afterwards,
    Proof.OPINION: lambda session, dossier: deciding.approved(session, dossier, Subject.DECIDE),
    Proof.MINUTES: _some(Minutes),
    Proof.EVIDENCE: _some(Document),
}
