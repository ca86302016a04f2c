"""The migrations: they make exactly the tables of the code, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from matchmaker import migrations
from matchmaker.domain.base import Database
from matchmaker.domain.tables import metadata


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield database
    database.dispose()


def test_migrations_make_the_tables_of_the_code(empty: Database) -> None:
    migrations.upgrade(empty.engine)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_migrations_twice_change_nothing(empty: Database) -> None:
    migrations.upgrade(empty.engine)
    migrations.upgrade(empty.engine)
    assert migrations.current(empty.engine) == migrations.head()


def test_migrations_can_be_taken_back(empty: Database) -> None:
    migrations.upgrade(empty.engine)
    migrations.downgrade(empty.engine, "base")
    assert sa.inspect(empty.engine).get_table_names() == ["alembic_version"]
