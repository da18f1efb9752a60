"""Writing entries: at the end of every act, in its transaction, in one line of succession."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from archive.audit.models import Entry
from archive.audit.rules import GENESIS, link_hash
from archive.core.act import Act

# One key for PostgreSQL's advisory lock: writers of the chain pass one by one, only for the end of their transaction.
_CHAIN_LOCK = 0x414E4A55


def append(act: Act) -> list[Entry]:
    """Write the act's pending entries behind the last one of the chain and return them."""
    if not act.pending:
        return []
    session = act.session
    seq, previous = _head(session)
    entries = []
    for pending in act.pending:
        seq += 1
        entry = Entry(
            seq=seq,
            at=act.moment,
            actor_id=act.actor.id,
            actor_name=act.actor.name,
            channel=act.origin.channel,
            address=act.origin.address,
            request_id=act.origin.request_id,
            action=pending.action,
            subject_kind=pending.subject_kind,
            subject_id=pending.subject_id,
            dossier_id=pending.dossier_id,
            facts=dict(pending.facts),
            previous=previous,
        )
        previous = entry.hash = link_hash(seq, entry.content(), previous)
        entries.append(entry)
    session.add_all(entries)
    session.flush()
    act.pending.clear()
    return entries


def _head(session: Session) -> tuple[int, str]:
    # SQLite needs no lock of its own here: a writing act holds the only write lock from its beginning.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = session.execute(select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, GENESIS)
