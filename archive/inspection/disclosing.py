"""What is held about a person, for that person: found by an exact number or name, confirmed, gathered, and recorded.

Only the person's own data leave: of other parties nothing, of documents their names and hashes, not their contents.
Source: 个人信息保护法, 第四十五条第一款 (to consult and copy).
"""

import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from archive.core.act import Act, plain
from archive.core.crypto import squeeze
from archive.core.errors import BadInput, NotAllowed, Problem
from archive.core.labels import label
from archive.core.ports import ports
from archive.core.sheets import Column, Sheet, as_bytes
from archive.documents import queries as documents
from archive.documents import striking
from archive.documents.models import Document, Version
from archive.dossiers.access import visible_to
from archive.dossiers.models import Contact, Dossier, Party, PartyKey
from archive.dossiers.rules import lacks
from archive.dossiers.states import KeyKind
from archive.letters.models import LetterRow
from archive.letters.states import OUT
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering
from archive.responses import queries as responses
from archive.responses.models import Response
from archive.retention.models import Keeping

_MOST = 500


@dataclass(frozen=True)
class Found:
    """A dossier in which the person asked for is a party, and as which."""

    dossier: Dossier
    parties: Sequence[Party]


@dataclass(frozen=True)
class Matches:
    """Where somebody was found: dossiers, and lines of the contact register that led to no dossier."""

    dossiers: Sequence[Found]
    contacts: Sequence[Contact]

    def __bool__(self) -> bool:
        """Tell whether anything was found."""
        return bool(self.dossiers or self.contacts)


def look_up(*, number: str = "", name: str = "", reason: str, act: Act) -> Matches:
    """Return where somebody with exactly this ID or phone number, or this name, is a party or only asked. Recorded.

    Whoever asks must confirm which of it is the person's: names are shared. Raises NotAllowed, BadInput.
    """
    found = _matches(act, number, name)
    fields = [word for word, value in (("number", number), ("name", name)) if value]
    told = {"found": len(found.dossiers), "contacts": len(found.contacts)}
    act.record("person:look_up", None, fields=fields, reason=reason, **told)
    return found


def disclose(
    *,
    number: str = "",
    name: str = "",
    reason: str,
    dossiers: Sequence[str],
    contacts: Sequence[uuid.UUID] = (),
    act: Act,
) -> bytes:
    """Return what is held about the person in these dossiers and lines as a ZIP: JSON, and tables as xlsx. Recorded.

    Raises NotAllowed, BadInput for a dossier or a line in which the person was not found, and for none at all.
    """
    matches = _matches(act, number, name)
    found = {one.dossier.number: one for one in matches.dossiers}
    lines = {one.id: one for one in matches.contacts}
    wanted, asked = list(dict.fromkeys(dossiers)), list(dict.fromkeys(contacts))
    strange = [Problem("disclose.strange", "dossiers", {"number": one}) for one in wanted if one not in found]
    strange += [Problem("disclose.strange_line", "contacts") for one in asked if one not in lines]
    if strange or not (wanted or asked):
        raise BadInput("input.bad", strange or [Problem("disclose.confirm", "dossiers")])
    held, told = [_held(act.session, found[one]) for one in wanted], [_line(lines[one]) for one in asked]
    for number_of in wanted:
        act.record("person:disclose", found[number_of].dossier, number=number_of, reason=reason)
    for line_id in asked:
        act.record("person:disclose", lines[line_id], reason=reason)
    whole = {
        "office": ports().settings.office_name, "made_at": plain(act.moment), "dossiers": held, "contacts": told,
    }  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("个人信息.json", json.dumps(whole, ensure_ascii=False, indent=1))
        file.writestr("个人信息.xlsx", as_bytes(*_sheets(held, told)))
    return target.getvalue()


def _matches(act: Act, number: str, name: str) -> Matches:
    person = act.actor
    if not isinstance(person, Person) or lacks_everywhere(person):
        raise NotAllowed("person.lacks", permission=Permission.DISCLOSE)
    if not number and not name:
        raise BadInput("input.bad", [Problem("input.required", "number")])
    return Matches(_dossiers(act, person, number, name), _contacts(act, person, number, name))


def _contacts(act: Act, person: Person, number: str, name: str) -> list[Contact]:
    """Return lines without a dossier with this name, or this telephone: of numbers the register keeps no other."""
    paths = covering(person.paths(Permission.DISCLOSE))
    within = or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))
    query = select(Contact).join(Unit, Unit.id == Contact.unit_id).where(Contact.dossier_id.is_(None), within)
    if name:
        query = query.where(Contact.person_name == name)
    if number:
        # Sealed numbers have no hash here: those that end alike are opened and compared; a mask shows two digits.
        query = query.where(Contact.phone_masked.endswith(squeeze(number)[-2:], autoescape=True))
    rows = act.session.scalars(query.order_by(Contact.received_at.desc()))
    return [one for one in rows if not number or squeeze(_phone(one)) == squeeze(number)][:_MOST]


def _phone(one: Contact) -> str:
    return ports().vault.open(one.phone_sealed) if one.phone_sealed else ""


def _line(one: Contact) -> dict[str, Any]:
    return {
        "line": f"{one.unit.name} {one.year} 年第 {one.serial} 号",
        "received_at": plain(one.received_at),
        "channel": label(one.channel),
        "name": one.person_name,
        "phone": _phone(one),
        "summary": one.summary,
        "advice": one.advice,
    }


def _dossiers(act: Act, person: Person, number: str, name: str) -> list[Found]:
    query = select(Party)
    if number:
        # Whole numbers only: the last digits are shared by many.
        kinds = (KeyKind.ID_NUMBER, KeyKind.PHONE)
        keys = select(PartyKey.party_id).where(
            PartyKey.hash == ports().vault.whole(squeeze(number)), PartyKey.kind.in_(kinds)
        )
        query = query.where(Party.id.in_(keys))
    if name:
        query = query.where(Party.name == name)
    rows = act.session.scalars(
        query.join(Dossier, Dossier.id == Party.dossier_id).where(visible_to(person))
        .options(selectinload(Party.dossier)).order_by(Dossier.registered_at.desc(), Party.position).limit(_MOST)
    ).all()  # fmt: skip
    by_dossier: dict[uuid.UUID, list[Party]] = {}
    for party in rows:
        if not lacks(person, Permission.DISCLOSE, party.dossier.unit.path):
            by_dossier.setdefault(party.dossier_id, []).append(party)
    return [Found(parties[0].dossier, parties) for parties in by_dossier.values()]


def lacks_everywhere(person: Person) -> bool:
    """Tell whether the person may disclose nowhere."""
    return not person.paths(Permission.DISCLOSE)


def _held(session: Session, found: Found) -> dict[str, Any]:
    dossier = found.dossier
    labels = documents.labels(session, dossier.id)
    files = session.execute(
        select(Document, Version).join(Version, Version.document_id == Document.id)
        .where(Document.dossier_id == dossier.id, Document.id.not_in(striking.struck_out(session, [dossier.id])))
        .order_by(Document.item, Version.n)
    ).all()  # fmt: skip
    letters = session.scalars(
        select(LetterRow).where(LetterRow.dossier_id == dossier.id, LetterRow.state.in_(OUT))
        .order_by(LetterRow.issued_at)
    ).all()  # fmt: skip
    replies = session.scalars(responses.counted(session, [dossier.id]).order_by(Response.received_on)).all()
    names = {one.name for one in found.parties}
    contacts = session.scalars(
        select(Contact).where(Contact.dossier_id == dossier.id, Contact.person_name.in_(names))
    ).all()
    kept = session.get(Keeping, dossier.id)
    return {
        "number": dossier.number,
        "title": dossier.title,
        "state": label(dossier.state),
        "received_at": plain(dossier.received_at),
        "closed_on": plain(dossier.closed_on),
        "kept_until": plain(kept.last_day) if kept and kept.last_day else "永久" if kept and kept.permanent else "",
        "keeping_basis": kept.rule_basis if kept else "",
        "facts": dossier.facts,
        "request": dossier.request,
        "outcome": dossier.outcome,
        "as": [_party(one) for one in found.parties],
        "contacts": [{"received_at": plain(one.received_at), "summary": one.summary} for one in contacts],
        "documents": [
            {"item": labels[document.id], "title": document.title, "version": version.n, "file": version.filename,
             "size": version.size, "sha256": version.sha256, "filed_at": plain(version.filed_at)}
            for document, version in files
        ],
        "letters": [{"number": one.number, "title": one.title, "issued_on": plain(one.issued_on)} for one in letters],
        "replies": [{"sender": one.sender_name, "received_on": plain(one.received_on)} for one in replies],
    }  # fmt: skip


def _party(party: Party) -> dict[str, Any]:
    vault = ports().vault
    sealed = {name: getattr(party, f"{name}_sealed") for name in ("id_number", "phone", "address")}
    return {
        "role": label(party.role),
        "name": party.name,
        **{name: vault.open(value) if value else "" for name, value in sealed.items()},
        "mandate": party.mandate,
    }


def _sheets(held: Sequence[dict[str, Any]], told: Sequence[dict[str, Any]]) -> list[Sheet]:
    own = (
        ("案号", "number", 22), ("事项", "title", 40), ("状态", "state", 10), ("收到", "received_at", 18),
        ("办结", "closed_on", 12), ("保管至", "kept_until", 12), ("保管依据", "keeping_basis", 40),
        ("事实", "facts", 60), ("请求", "request", 40), ("处理结果", "outcome", 40),
    )  # fmt: skip
    party = (
        ("案号", "number", 22), ("身份", "role", 10), ("姓名", "name", 12), ("证件号", "id_number", 22),
        ("电话", "phone", 16), ("地址", "address", 40), ("授权", "mandate", 30),
    )  # fmt: skip
    listed = (
        ("案号", "number", 22), ("件号", "item", 8), ("题名", "title", 40), ("文件", "file", 40), ("字节", "size", 12),
        ("SHA-256", "sha256", 72),
    )  # fmt: skip
    line = (
        ("登记", "line", 26), ("时间", "received_at", 18), ("方式", "channel", 10), ("姓名", "name", 12),
        ("电话", "phone", 16), ("事项", "summary", 60), ("答复", "advice", 60),
    )  # fmt: skip
    return [
        _sheet("案卷", own, held),
        _sheet("本人资料", party, [{**row, "number": one["number"]} for one in held for row in one["as"]]),
        _sheet("文件清单", listed, [{**row, "number": one["number"]} for one in held for row in one["documents"]]),
        _sheet("接待登记", line, told),
    ]


def _sheet(title: str, columns: Sequence[tuple[str, str, int]], rows: Sequence[dict[str, Any]]) -> Sheet:
    return Sheet(
        title,
        [Column(word, width) for word, _, width in columns],
        [[row[key] for _, key, _ in columns] for row in rows],
    )
