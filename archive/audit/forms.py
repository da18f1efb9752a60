"""Input of the auditor's page and API."""

from datetime import datetime, time, timedelta
from typing import Any

from marshmallow import ValidationError, validates_schema
from sqlalchemy.orm import Session

from archive.audit import queries
from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput, NotFound, Problem
from archive.people import queries as people
from archive.people.rules import login_of
from archive.web.forms import Day, Form, Words


class EntryFilter(Form):
    """Which entries: who, what, which dossier, from and to (whole days in Asia/Shanghai, both included)."""

    who = Words(most=80, metadata={"description": "登录名，或程序的名称"})
    action = Words(most=60, metadata={"description": "完整的动作（account:sign_in）或其开头（account:）"})
    dossier = Words(most=80, metadata={"description": "案号或标识"})
    since = Day()
    until = Day()
    after = Words(most=400)

    @validates_schema
    def _order(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError("form.period", "since")


def as_filter(session: Session, form: dict[str, Any]) -> dict[str, Any]:
    """Return the form as keywords of `queries.entries`. At most two statements. Raises BadInput for no such dossier."""
    found: dict[str, Any] = {"action": form["action"]}
    if form["who"]:
        try:
            found["actor_id"] = people.by_login(session, login_of(form["who"])).id
        except NotFound:
            found["actor_name"] = form["who"]  # a program, or a person by the name in the entry
    if form["dossier"]:
        found["dossier_id"] = queries.dossier_id(session, form["dossier"])
        if found["dossier_id"] is None:
            raise BadInput("input.bad", [Problem("audit.dossier", "dossier")])
    if form["since"]:
        found["since"] = datetime.combine(form["since"], time(), SHANGHAI)
    if form["until"]:
        found["until"] = datetime.combine(form["until"] + timedelta(days=1), time(), SHANGHAI)
    return found
