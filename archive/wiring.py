"""Settings to ports, entries to jobs, jobs to handlers: the tables by which the features hear of each other."""

import importlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import Connection

from archive.audit import operations as audit
from archive.audit.models import Entry
from archive.binding import extending, happenings, raising, reminding, telling
from archive.binding import keeping as binding
from archive.binding.bound import bound
from archive.config import Settings
from archive.core.act import Act
from archive.core.clock import Clock, SystemClock
from archive.core.crypto import Vault
from archive.core.ports import Ports
from archive.disposal import erasing
from archive.dossiers import duties, endings, followings, ruling, work, years
from archive.dossiers.states import Verb
from archive.handling import conditions, deciding, investigating, settling
from archive.handling import queries as handling
from archive.handling.errands import errands
from archive.handling.happened import happened
from archive.handling.kinds import Subject
from archive.handling.records import RECORDS
from archive.inspection import errands as inspecting
from archive.jobs import operations as jobs
from archive.jobs.rules import FollowUp
from archive.people import navigation, sign_in
from archive.printing import operations as printing
from archive.registers import closing, ordering, shelf
from archive.registers.models import BLANKED
from archive.reports import calendar
from archive.retention import errands as keeping_errands
from archive.retention import keeping
from archive.retention.periods import STAGING
from archive.search import alerts
from archive.web import idempotency
from storage import open_store

_HERE = Path(__file__).parent

# The features in the order of the import rules; each may have `models`, `labels`, `pages`, `api`, `seeding`.
FEATURES = (
    "web",
    "people",
    "jobs",
    "audit",
    "procedures",
    "deadlines",
    "dossiers",
    "binding",
    "documents",
    "retention",
    "handling",
    "responses",
    "letters",
    "importing",
    "printing",
    "search",
    "disposal",
    "reports",
    "registers",
    "inspection",
)


def _modules(name: str) -> Iterator[ModuleType]:
    """Yield the module of this name of every feature that has one."""
    for feature in FEATURES:
        if (_HERE / feature / f"{name}.py").exists():
            yield importlib.import_module(f"archive.{feature}.{name}")


def import_models() -> None:
    """Make every table known to the metadata."""
    for _ in _modules("models"):
        pass


def sow(connection: Connection) -> None:
    """Write what a database at head starts with: shipped profiles, known calendar years. Repeatable."""
    for module in _modules("seeding"):
        module.sow(connection)


def feature_labels() -> Iterator[tuple[Mapping[type[StrEnum], Mapping[Any, str]], Mapping[str, str]]]:
    """Yield each feature's words for codes and sentences for refusals."""
    for module in _modules("labels"):
        yield module.WORDS, module.REFUSALS


def join_features(app: Flask) -> None:
    """Let the features hear of each other."""
    import_models()
    _join_letters()
    endings.add(keeping.ended)
    followings.add(binding.follow, raising.follow, investigating.let_go)
    duties.add(extending.untold)
    printing.add_writer(shelf.KIND, shelf.write_workbook)
    work.add(telling.told)
    navigation.count("binding.mine", reminding.unseen)
    reminding.add(calendar.reminders)
    work.add(alerts.told)
    years.add(closing.is_closed)
    erasing.stays("register_line", BLANKED)
    duties.add(handling.unfinished, deciding.before_closing, conditions.unmet)
    ruling.read_by(bound)
    for subject in (Subject.ACCEPT, Subject.DECLINE, Subject.ASSIGN, Subject.MEDIATE, Subject.CLOSE):
        duties.before(Verb(subject), approval=deciding.before(subject))
    duties.before(Verb.REQUEST_REVIEW, final=settling.before_request)
    duties.before(Verb.CONCLUDE_REVIEW, reviewer=settling.before_conclusion)
    work.add_errands(errands, keeping_errands.errands, inspecting.errands)
    happenings.add(happened)
    sign_in.install(app)


def install_pages(app: Flask) -> None:
    """Hang every feature's pages and API into the application."""
    from archive import rest

    api = rest.install(app)
    for module in _modules("pages"):
        app.register_blueprint(module.pages)
    for module in _modules("api"):
        api.register_blueprint(module.api)
    navigation.install(app)


def _join_letters() -> None:
    """Let letters say what they ask before a dossier ends, hear of replies, and keep their register without gaps."""
    from archive.disposal import erasing
    from archive.disposal.operations import on_a_list
    from archive.documents import striking
    from archive.letters import ending, errands, operations, replies
    from archive.letters.happenings import extensions, told
    from archive.responses import joining

    happenings.add(told)
    extending.tell_by(extensions)
    duties.add(ending.unfinished)
    endings.add(ending.ended)
    work.add(errands.told)
    work.add_errands(errands.errands)
    joining.add(replies.answerable, replies.refresh)
    striking.heard_by(joining.changed)
    erasing.stays("letter_number", {"letter_id": None})
    operations.listed_by(on_a_list)


def make_ports(settings: Settings, clock: Clock | None = None) -> Ports:
    """Return what the archive stands on, as the settings say."""
    clock = clock or SystemClock()
    return Ports(
        settings=settings,
        clock=clock,
        vault=Vault(settings.field_keys, settings.hash_key),
        store=open_store(
            settings.store_url,
            access_key=settings.store_access_key,
            secret_key=settings.store_secret_key,
            create_bucket=True,
            now=clock.now,
        ),
    )


_INDEX = FollowUp("search.index", lane="index", per="dossier")
_WATCH = FollowUp("handling.watch", per="dossier")
_RECUSE = FollowUp("dossiers.find_recusals")
# Records of handling whose words are searched.
_SEARCHED = [f"{record.model.audit_kind}:" for record in RECORDS.values() if record.model.SEARCHED]

# What follows from which entry. Keys are actions or, ending in ":", all actions on a subject.
FOLLOW_UPS: Mapping[str, Sequence[FollowUp]] = {
    "dossier:": (_INDEX,),
    "party:": (_INDEX,),
    "document:": (_INDEX,),
    "response:": (_INDEX,),
    **dict.fromkeys(_SEARCHED, (_INDEX,)),
    "account:add": (_RECUSE,),
    "account:identify": (_RECUSE,),
    "dossier:register": (_WATCH,),
    "dossier:accept": (_WATCH,),
    "dossier:grade": (_WATCH,),
    "version:deposit": (
        FollowUp("extraction.read", lane="extract"),
        _INDEX,
        FollowUp("retention.lock_version", after=STAGING),
    ),
    "dossier:file": (FollowUp("disposal.paper_filed", lane="papers", per="dossier"),),
    # Every year: a converter may have been installed since.
    "filing_report:examine": (FollowUp("disposal.paper_filed", lane="papers", per="dossier"),),
    "rendition:make": (FollowUp("retention.lock_dossier", per="dossier"),),
    "keeping:promise": (FollowUp("retention.lock_dossier", per="dossier"),),
    "removal:confirm": (FollowUp("retention.take_out"),),
    # A lane of its own: a hold must not wait behind the destroying it is to stop.
    "hold_order:give": (FollowUp("retention.hold_many", lane="holds"),),
    "disposal:start": (FollowUp("disposal.execute"),),
    # A lane of its own: a large pack takes minutes.
    "pack:order": (FollowUp("disposal.make_pack", lane="export"),),
    "transfer:approve": (FollowUp("disposal.pack_transfer", lane="export"),),
    "transfer:pack": (FollowUp("disposal.pack_transfer", lane="export"),),
    "transfer:receive": (FollowUp("disposal.clear_transfer"),),
    "transfer:void": (FollowUp("disposal.clear_transfer"),),
    "disposal:list": (FollowUp("disposal.paper_list"),),
    "disposal:drop": (FollowUp("disposal.paper_list"),),
    # Complete with the last of the two approvals and of the witnesses, in whichever order they came.
    "disposal:approve": (FollowUp("disposal.sign_list"),),
    "disposal:attend": (FollowUp("disposal.sign_list"),),
    "disposal:certify": (FollowUp("disposal.paper_list"),),
    "disposal:replay": (FollowUp("disposal.paper_list"),),
    "calendar:confirm": (FollowUp("binding.confirmed"), FollowUp("handling.confirmed")),
    "choice:decide": (FollowUp("binding.nightly"), FollowUp("retention.recompute")),
    "profile:sign": (FollowUp("binding.nightly"), FollowUp("retention.recompute")),
    "retention_rule:add": (FollowUp("retention.recompute"),),
    # The number given at issue is searched for.
    "letter:issue": (FollowUp("letters.make", lane="letters"), FollowUp("binding.one", per="dossier"), _INDEX),
    # After the end a further letter changes the catalogue.
    "letter:file": (FollowUp("disposal.paper_filed", lane="papers", per="dossier"),),
    "letter:reply": (FollowUp("binding.one", per="dossier"),),
    "letter:void": (FollowUp("binding.one", per="dossier"),),
    "letter:remake": (FollowUp("letters.make", lane="letters"),),
    "serving:send": (FollowUp("letters.mail"),),
    "version:retry": (FollowUp("extraction.read", lane="extract"),),
    "version:read": (_INDEX,),
    "printout:order": (FollowUp("printing.render", lane="export"),),
    "closing_order:give": (FollowUp("registers.close", lane="export"),),
}

# Actions that only look: they change nothing that could be found.
LOOKS = frozenset(
    {
        "dossier:show",
        "dossier:look_up",
        "letter:show",
        "document:show",
        "document:download",
        "party:unmask",
        "dossier:export",
    }
)


def write_down(act: Act) -> None:
    """Write the act's entries into the chain and queue the jobs that follow, in the act's transaction."""
    idempotency.claim(act)
    # An act of many entries on one dossier brings about one job, asked for once.
    wanted: dict[tuple[str, uuid.UUID | None], tuple[FollowUp, Entry]] = {}
    for entry in audit.append(act):
        if entry.action in LOOKS:
            continue
        subject = entry.action.split(":")[0] + ":"
        for follow_up in (*FOLLOW_UPS.get(entry.action, ()), *FOLLOW_UPS.get(subject, ())):
            aim = entry.dossier_id if follow_up.per == "dossier" else entry.subject_id
            wanted.setdefault((follow_up.kind, aim), (follow_up, entry))
    for (kind, aim), (follow_up, entry) in wanted.items():
        jobs.enqueue(
            act.session,
            kind,
            key=str(aim),
            now=act.moment,
            lane=follow_up.lane,
            subject_id=entry.subject_id,
            dossier_id=entry.dossier_id,
            due_at=act.moment + follow_up.after,
        )


# Jobs that come round by themselves, and how often.
SCHEDULE: Mapping[str, timedelta] = {
    "binding.nightly": timedelta(days=1),
    "binding.watch": timedelta(minutes=15),
    "binding.remind": timedelta(hours=1),
    "documents.sweep": timedelta(days=1),
    "dossiers.sweep_selections": timedelta(days=1),
    "jobs.tidy": timedelta(days=1),
    "disposal.note_month": timedelta(days=1),
    "disposal.sweep_packs": timedelta(hours=1),
    "retention.nightly": timedelta(days=1),
    "search.alerts": timedelta(minutes=30),
    "printing.tidy": timedelta(hours=1),
    # Without a mark of the hour nothing is destroyed.
    "retention.watch_clock": timedelta(hours=1),
    "retention.scan": timedelta(minutes=5),
}


@dataclass(frozen=True)
class Handler:
    """Who does jobs of a kind: called with up to `batch` jobs of its lane, must be repeatable, opens its own acts."""

    run: Callable[[Sequence[jobs.Task]], None]
    batch: int = 1


def handlers() -> Mapping[str, Handler]:
    """Return the handlers by job kind."""
    from archive.binding import handlers as binding_steps
    from archive.disposal import handlers as disposal
    from archive.documents import handlers as documents
    from archive.dossiers import handlers as dossiers
    from archive.handling import handlers as watching
    from archive.jobs import handlers as tidying
    from archive.letters import handlers as letters
    from archive.retention import handlers as retention
    from archive.search import handlers as search

    return {
        "binding.confirmed": Handler(binding_steps.confirmed),
        "binding.nightly": Handler(binding_steps.nightly),
        "binding.one": Handler(binding_steps.one),
        "binding.remind": Handler(binding_steps.remind),
        "binding.watch": Handler(binding_steps.watch),
        "extraction.read": Handler(documents.read),
        "documents.sweep": Handler(documents.sweep),
        "dossiers.find_recusals": Handler(dossiers.find_recusals),
        "dossiers.sweep_selections": Handler(dossiers.sweep_selections),
        "handling.confirmed": Handler(watching.confirmed),
        "handling.watch": Handler(watching.watch, batch=50),
        "jobs.tidy": Handler(tidying.tidy),
        "search.index": Handler(search.index, batch=200),
        "search.alerts": Handler(search.count_alerts),
        "disposal.execute": Handler(disposal.execute),
        "disposal.make_pack": Handler(disposal.make_pack),
        "disposal.note_month": Handler(disposal.note_month),
        "disposal.sweep_packs": Handler(disposal.sweep_packs),
        "disposal.paper_filed": Handler(disposal.paper_filed),
        "disposal.pack_transfer": Handler(disposal.pack_transfer),
        "disposal.clear_transfer": Handler(disposal.clear_transfer),
        "disposal.paper_list": Handler(disposal.paper_list),
        "disposal.sign_list": Handler(disposal.sign_list),
        "letters.make": Handler(letters.make, batch=8),
        "letters.mail": Handler(letters.mail),
        "retention.lock_version": Handler(retention.lock_versions),
        "retention.lock_dossier": Handler(retention.lock_dossiers),
        "retention.hold_many": Handler(retention.hold_many),
        "retention.take_out": Handler(retention.take_out),
        "retention.recompute": Handler(retention.recompute),
        "retention.watch_clock": Handler(retention.watch_clock),
        "retention.scan": Handler(retention.scan),
        "retention.nightly": Handler(retention.nightly),
        "printing.render": Handler(printing.render),
        "printing.tidy": Handler(printing.tidy),
        "registers.close": Handler(ordering.carry_out),
    }
