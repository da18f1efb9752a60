"""The API of institutions and code tables."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

from typing import Any

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import NotFound
from archive.dossiers import bodies, code_tables, forms, institutions
from archive.dossiers.blueprints import api
from archive.dossiers.states import CodeTable
from archive.people.guard import person, requires
from archive.people.rules import Permission


@api.get("/institutions")
@requires(Permission.READ)
@api.arguments(forms.NameQuery, location="query")
@api.response(200, bodies.InstitutionBody(many=True))
def find_institutions(query: dict[str, Any]) -> Any:
    """Return institutions whose name contains the text, shortest first."""
    return institutions.named(db.session(), person(), query["q"])


@api.get("/codes")
@requires(Permission.READ)
@api.response(200, bodies.TableBody(many=True))
def codes() -> Any:
    """Return all code tables."""
    return list(code_tables.tables(db.session()).values())


@api.get("/codes/<name>")
@requires(Permission.READ)
@api.response(200, bodies.TableBody)
def code_table(name: str) -> Any:
    """Return a code table."""
    return code_tables.table(db.session(), _named(name))


@api.put("/codes/<name>")
@requires(Permission.MANAGE_CODES)
@api.arguments(bodies.TableBody)
@api.response(200, bodies.TableBody)
def replace_code_table(asked: dict[str, Any], name: str) -> Any:
    """Replace a code table, whole or not at all; codes that are gone are retired."""
    table = _named(name)
    rows = code_tables.checked([(line, code_tables.Code(**row)) for line, row in enumerate(asked["rows"], start=1)])
    with acting() as act:
        code_tables.replace(table, rows, act=act)
    return code_tables.table(db.session(), table)


def _named(name: str) -> CodeTable:
    try:
        return CodeTable(name)
    except ValueError:
        raise NotFound("code.table", name=name) from None
