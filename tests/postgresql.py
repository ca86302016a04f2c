"""One database of its own for each process of tests, on SQLite and on PostgreSQL where one is given."""

import os

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.tables import metadata

SERVER = os.environ.get("MATCHMAKER_TEST_POSTGRESQL")
KINDS = ("sqlite", "postgresql")


def open_empty(kind: str, settings: Settings) -> Database:
    """Return a new database of a kind with all tables and no rows; skip the test where there is no server for it."""
    if kind == "postgresql" and not SERVER:
        pytest.skip("set MATCHMAKER_TEST_POSTGRESQL to a server on which databases may be made: see README")
    opened = Database(f"sqlite:///{settings.data / 'crowd.db'}" if kind == "sqlite" else _made(str(SERVER)))
    metadata.create_all(opened.engine)
    return opened


def _made(server: str) -> str:
    """Make a database named for this process anew, whatever an earlier run has left in it; return its URL."""
    name = f"matchmaker_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)
