from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from archive import wiring
from archive.core import schema
from archive.core.db import Base
from tests.databases import Databases


def differences(url: str) -> list[object]:
    wiring.import_models()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, Base.metadata))
    engine.dispose()
    return found


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def test_the_schema_at_head_is_what_the_models_say(databases: Databases) -> None:
    assert differences(databases.fresh()) == []


def test_every_step_goes_up_and_down_and_up_again(databases: Databases) -> None:
    url = databases.empty()
    revisions = [step.revision for step in ScriptDirectory.from_config(schema.alembic_config(url)).walk_revisions()]
    for revision in reversed(revisions):
        schema.upgrade(url, revision)
    at_head = tables(url)
    for _ in revisions:
        schema.downgrade(url, "-1")
    assert tables(url) == set()
    schema.upgrade(url)
    assert tables(url) == at_head
    assert differences(url) == []


def test_standing_tells_an_old_schema_from_head(databases: Databases) -> None:
    url = databases.empty()
    engine = create_engine(url)
    assert schema.standing(engine)[0] is None
    schema.upgrade(url)
    at, head = schema.standing(engine)
    assert at == head is not None
    engine.dispose()
