"""The left rail: what this person's roles open, in the order of the day's work."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from sqlalchemy.orm import Session

from archive.core.db import db
from archive.people.guard import PUBLIC, SIGNED_IN, access_of
from archive.people.rules import Permission, Person, may

# (title, endpoint); an entry appears when the endpoint exists and the person may open it.
ENTRIES = (
    ("工作台", "dossiers.work_list"),
    ("期限", "binding.mine"),
    ("案卷", "dossiers.index"),
    ("库房", "dossiers.file_room"),
    ("接待登记", "dossiers.contacts"),
    ("登记簿", "registers.index"),
    ("检索", "search.page"),
    ("函件", "letters.index"),
    ("模板", "letters.template_index"),
    ("印章", "letters.seal_list"),
    ("回访", "handling.follow_ups"),
    ("群体投诉", "handling.cluster_list"),
    ("外包机构", "handling.third_party_list"),
    ("归档与销毁", "retention.index"),
    ("证据包", "disposal.packs_index"),
    ("审计台", "inspection.index"),
    ("审计配合", "inspection.grant_list"),
    ("个人信息", "inspection.persons"),
    ("审计", "audit.index"),
    ("报表", "reports.index"),
    ("规程", "procedures.index"),
    ("代码表", "dossiers.codes"),
    ("用户与权限", "people.accounts"),
    ("后台任务", "jobs.index"),
)


@dataclass(frozen=True)
class Item:
    """One entry of the rail; `count` is how much is new behind it."""

    title: str
    url: str
    current: bool
    count: int = 0


_counters: dict[str, Callable[[Session, Person], int]] = {}


def count(endpoint: str, counter: Callable[[Session, Person], int]) -> None:
    """Let a feature say how much is new behind an entry; one statement at most."""
    _counters[endpoint] = counter


def navigation() -> list[Item]:
    """Return the entries for who is signed in."""
    items = []
    for title, endpoint in ENTRIES:
        if endpoint not in current_app.view_functions:
            continue
        access = access_of(current_app, endpoint)
        allowed = access in (PUBLIC, SIGNED_IN) or (isinstance(access, Permission) and may(g.person, access))
        if allowed:
            counter = _counters.get(endpoint)
            new = counter(db.session(), g.person) if counter and g.get("counts", True) else 0
            items.append(Item(title, url_for(endpoint), request.endpoint == endpoint, new))
    return items


def install(app: Flask) -> None:
    """Make the rail and the office's name known to the templates."""
    app.jinja_env.globals["navigation"] = navigation
    app.jinja_env.globals["office_name"] = app.extensions["archive_ports"].settings.office_name
    app.jinja_env.globals["may_search"] = lambda: may(g.person, Permission.SEARCH)
