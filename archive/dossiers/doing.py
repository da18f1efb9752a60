"""The moves a person can make, by verb: what is asked, and the operation that does it. Pages and API share them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.core.act import Act
from archive.core.errors import BadInput, NotFound, Problem
from archive.dossiers import assigning, forms, guarding, moving
from archive.dossiers.models import Dossier
from archive.dossiers.states import Verb
from archive.people import queries as people
from archive.people.models import Account, Unit
from archive.web.forms import Form


@dataclass(frozen=True)
class Doing:
    """A move: the form that asks for its facts, and what is done with them."""

    form: type[Form]
    do: Callable[[Dossier, Any, Act], object]


def _accept_hand_over(dossier: Dossier, asked: Mapping[str, Any], act: Act) -> None:
    slip = assigning.slip_of(dossier, asked["slip"], act=act)
    assigning.accept_hand_over(slip, officer=_account(asked["officer"], "officer", act), act=act)


def _assign(dossier: Dossier, asked: Mapping[str, Any], act: Act) -> None:
    lead = _unit(asked["lead"], "lead", act)
    helpers = [unit for code in asked["helpers"] if (unit := _unit(code, "helpers", act))]
    officer = _account(asked["officer"], "officer", act)
    assigning.assign(dossier, lead=lead, helpers=helpers, officer=officer, note=asked["note"], act=act)


def _recuse(dossier: Dossier, asked: Mapping[str, Any], act: Act) -> None:
    account = _account(asked["account"] or _me(act), "account", act)
    guarding.recuse(dossier, account, reason=asked["note"], act=act)


def _person(asked: Mapping[str, Any], act: Act) -> dict[str, Any]:
    return {"account": _account(asked["account"], "account", act), "reason": asked["note"]}


DOINGS: Mapping[Verb, Doing] = {
    Verb.ACCEPT: Doing(forms.AcceptForm, lambda d, f, act: moving.accept(d, **f, act=act)),
    Verb.DECLINE: Doing(forms.DeclineForm, lambda d, f, act: moving.decline(d, **f, act=act)),
    Verb.REQUEST_SUPPLEMENT: Doing(forms.SupplementForm, lambda d, f, act: moving.request_supplement(d, **f, act=act)),
    Verb.RECEIVE_SUPPLEMENT: Doing(forms.NoteForm, lambda d, f, act: moving.receive_supplement(d, **f, act=act)),
    Verb.ASSIGN: Doing(forms.AssignForm, _assign),
    Verb.ACCEPT_HAND_OVER: Doing(forms.TakeOverForm, _accept_hand_over),
    Verb.REFUSE_HAND_OVER: Doing(
        forms.SlipForm,
        lambda d, f, act: assigning.refuse_hand_over(
            assigning.slip_of(d, f["slip"], act=act), reason=f["note"], act=act
        ),
    ),
    Verb.TAKE_BACK: Doing(
        forms.SlipForm,
        lambda d, f, act: assigning.take_back(assigning.slip_of(d, f["slip"], act=act), note=f["note"], act=act),
    ),
    Verb.INVITE: Doing(
        forms.InviteForm,
        lambda d, f, act: assigning.invite(d, unit=_unit(f["unit"], "unit", act), note=f["note"], act=act),
    ),
    Verb.APPOINT: Doing(
        forms.OfficerForm,
        lambda d, f, act: assigning.appoint(d, officer=_account(f["officer"], "officer", act), note=f["note"], act=act),
    ),
    Verb.INVESTIGATE: Doing(forms.NoteForm, lambda d, f, act: moving.investigate(d, **f, act=act)),
    Verb.MEDIATE: Doing(forms.MediationForm, lambda d, f, act: moving.mediate(d, **f, act=act)),
    Verb.ANSWER: Doing(forms.OutcomeForm, lambda d, f, act: moving.answer(d, **f, act=act)),
    Verb.NOTIFY: Doing(forms.NoticeForm, lambda d, f, act: moving.notify(d, f, act=act)),
    Verb.REQUEST_REVIEW: Doing(forms.NoteForm, lambda d, f, act: moving.request_review(d, **f, act=act)),
    Verb.CONCLUDE_REVIEW: Doing(forms.OutcomeForm, lambda d, f, act: moving.conclude_review(d, **f, act=act)),
    Verb.CLOSE: Doing(forms.NoteForm, lambda d, f, act: moving.close(d, **f, act=act)),
    Verb.WITHDRAW: Doing(forms.NoteForm, lambda d, f, act: moving.withdraw(d, **f, act=act)),
    Verb.REOPEN: Doing(forms.NoteForm, lambda d, f, act: moving.reopen(d, **f, act=act)),
    Verb.ADDENDUM: Doing(forms.NoteForm, lambda d, f, act: moving.add_addendum(d, **f, act=act)),
    Verb.RESTRICT: Doing(forms.NoteForm, lambda d, f, act: guarding.restrict(d, reason=f["note"], act=act)),
    Verb.OPEN_UP: Doing(forms.NoteForm, lambda d, f, act: guarding.open_up(d, reason=f["note"], act=act)),
    Verb.RECUSE: Doing(forms.PersonForm, _recuse),
    Verb.LIFT_RECUSAL: Doing(forms.PersonForm, lambda d, f, act: guarding.lift_recusal(d, **_person(f, act), act=act)),
    Verb.GRANT: Doing(forms.PersonForm, lambda d, f, act: guarding.grant(d, **_person(f, act), act=act)),
    Verb.REVOKE: Doing(forms.PersonForm, lambda d, f, act: guarding.revoke(d, **_person(f, act), act=act)),
}


def _unit(code: str, field: str, act: Act) -> Unit | None:
    """Return the unit with the code typed into a field, None when nothing was typed."""
    try:
        return people.unit_by_code(act.session, code) if code else None
    except NotFound:
        raise BadInput("input.bad", [Problem("unit.unknown", field)]) from None


def _account(login: str, field: str, act: Act) -> Account | None:
    try:
        return people.by_login(act.session, login) if login else None
    except NotFound:
        raise BadInput("input.bad", [Problem("account.unknown", field)]) from None


def _me(act: Act) -> str:
    return str(getattr(act.actor, "login", ""))
