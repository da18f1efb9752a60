"""Parties and their personal numbers: sealed, shown masked, found through keyed hashes, unmasked with a reason."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.crypto import TAILS, squeeze
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem
from archive.core.masking import mask_id, mask_phone
from archive.core.ports import ports
from archive.dossiers import rules
from archive.dossiers.models import Contact, Dossier, Party, PartyKey
from archive.dossiers.states import KeyKind
from archive.dossiers.values import REMOVE, PartyValue
from archive.people.rules import Permission, Person, may

# Of an account or card everybody sees the last digits only.
SHOWN_TAIL = 4


class Secret(StrEnum):
    """The personal facts that are sealed."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    ADDRESS = "address"
    ACCOUNT = "account"


def put(dossier: Dossier, entered: Sequence[PartyValue], *, act: Act) -> bool:
    """Make the dossier's parties those that were entered and tell whether anything changed.

    A value with an id changes that row: a blank number keeps the one on record, REMOVE takes it away. Rows not named
    go. Raises BadInput with every problem.
    """
    _check(dossier, entered)
    rows = {party.id: party for party in dossier.parties}
    kept: list[Party] = []
    changed = False
    for position, value in enumerate(entered):
        party = rows.get(value.id) if value.id else None
        if party is None:
            party = Party(dossier_id=dossier.id)
        before = _plain(party)
        party.position, party.role, party.kind = position, value.role, value.kind
        party.name, party.mandate = value.name, value.mandate
        numbers = _put_numbers(party, value)
        fields = [name for name, old in before.items() if old != _plain(party)[name]] + numbers
        kept.append(party)
        if fields:
            changed = True
            act.session.add(party)
            act.session.flush()
            _rekey(act.session, party, value, numbers)
            act.record("party:put", party, position=position, fields=fields)
    for party in rows.values():
        if party not in kept:
            changed = True
            act.session.execute(delete(PartyKey).where(PartyKey.party_id == party.id))
            act.session.delete(party)
            act.record("party:remove", party, position=party.position)
    if changed:
        act.session.flush()
        act.session.refresh(dossier, ["parties"])
    return changed


def put_account(dossier: Dossier, number: str, *, session: Session) -> bool:
    """Keep an account or card number: sealed when whole, shown by its tail. Blank keeps what is there."""
    if not number or (dossier.account_tail and squeeze(number) == dossier.account_tail):
        return False
    session.execute(delete(PartyKey).where(PartyKey.dossier_id == dossier.id, PartyKey.kind == KeyKind.ACCOUNT))
    dossier.account_sealed, dossier.account_tail = None, ""
    if number != REMOVE:
        plain = squeeze(number)
        dossier.account_tail = plain[-SHOWN_TAIL:] if len(plain) > max(TAILS) else plain
        dossier.account_sealed = ports().vault.seal(plain) if len(plain) > max(TAILS) else None
        _key(session, dossier, KeyKind.ACCOUNT, plain, None)
    return True


def unmask(dossier: Dossier, secret: Secret, *, party: Party | None = None, reason: str, act: Act) -> str:
    """Return a personal fact in full, empty when there is none. Who looked and why is recorded.

    Raises NotAllowed without the permission in the dossier's unit, BadInput without a reason.
    """
    _check_unmask(dossier.unit.path, reason, act)
    if secret is Secret.ACCOUNT:
        sealed = dossier.account_sealed
    elif party is None or party.dossier_id != dossier.id:
        raise NotFound("party.unknown")
    else:
        sealed = getattr(party, f"{secret.value}_sealed")
    act.record("party:unmask", party or dossier, number=dossier.number, secret=secret.value, reason=reason)
    return ports().vault.open(sealed) if sealed else ""


def unmask_contact(contact: Contact, *, reason: str, act: Act) -> str:
    """Return the phone number of a line of the contact register in full. Raises NotAllowed, BadInput."""
    _check_unmask(contact.unit.path, reason, act)
    act.record("contact:unmask", contact, reason=reason)
    return ports().vault.open(contact.phone_sealed) if contact.phone_sealed else ""


def whole_numbers(session: Session, dossier: Dossier, kind: KeyKind) -> set[str]:
    """Return the hashes of the dossier's numbers of a kind (whole numbers and tails alike)."""
    query = select(PartyKey.hash).where(PartyKey.dossier_id == dossier.id, PartyKey.kind == kind)
    return set(session.scalars(query))


def may_ask_numbers(person: Person) -> bool:
    """Tell whether the person may find dossiers by personal numbers: who registers, or may see them in full."""
    return may(person, Permission.UNMASK) or may(person, Permission.REGISTER)


def hashes(number: str) -> list[str]:
    """Return the hashes under which a number somebody asks for is looked up: whole, and as a tail when 4 to 6 long."""
    vault, plain = ports().vault, squeeze(number)
    found = [vault.whole(plain)] if plain else []
    return [*found, vault.tail(plain)] if len(plain) in TAILS else found


def _check(dossier: Dossier, entered: Sequence[PartyValue]) -> None:
    found = rules.check_parties([one.role for one in entered], [one.mandate for one in entered])
    known = {party.id for party in dossier.parties}
    found += [
        Problem("party.unknown", f"parties.{index}.name")
        for index, one in enumerate(entered)
        if one.id is not None and one.id not in known
    ]
    if found:
        raise BadInput("input.bad", found)


def _check_unmask(path: str, reason: str, act: Act) -> None:
    if rules.lacks(act.actor, Permission.UNMASK, path):
        raise NotAllowed("person.lacks", permission=Permission.UNMASK)
    if not reason.strip():
        raise BadInput("input.bad", [Problem("party.unmask_reason", "reason")])


def _plain(party: Party) -> dict[str, object]:
    return {name: getattr(party, name) for name in ("position", "role", "kind", "name", "mandate")}


def _put_numbers(party: Party, value: PartyValue) -> list[str]:
    """Seal what was entered; return the names of the numbers that changed."""
    entered: dict[str, tuple[str, Callable[[str], str] | None]] = {
        "id_number": (value.id_number, mask_id), "phone": (value.phone, mask_phone), "address": (value.address, None),
    }  # fmt: skip
    changed = []
    for name, (text, mask) in entered.items():
        if not text:
            continue
        vault = ports().vault
        gone = text == REMOVE
        setattr(party, f"{name}_sealed", None if gone else vault.seal(text))
        if mask is not None:
            setattr(party, f"{name}_masked", "" if gone else mask(text))
        changed.append(name)
    return changed


def _rekey(session: Session, party: Party, value: PartyValue, changed: Sequence[str]) -> None:
    for kind, text in ((KeyKind.ID_NUMBER, value.id_number), (KeyKind.PHONE, value.phone)):
        if kind.value in changed:
            session.execute(delete(PartyKey).where(PartyKey.party_id == party.id, PartyKey.kind == kind))
            if text != REMOVE:
                _key(session, party, kind, text, party)


def _key(session: Session, row: Dossier | Party, kind: KeyKind, number: str, party: Party | None) -> None:
    dossier_id = row.id if isinstance(row, Dossier) else row.dossier_id
    session.add_all(
        PartyKey(dossier_id=dossier_id, party_id=party.id if party else None, kind=kind, hash=token)
        for token in ports().vault.tokens(number)
    )
