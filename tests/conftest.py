"""Fixtures shared by all rooms.

`session` holds SQLite's write lock while it is open: a test drives either services through `session`, or the site
through `client_of`, and looks at the rows afterwards with `database.read()`.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import FlaskLoginClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.people import User
from matchmaker.domain.tables import metadata
from tests.cast import CHEAP, Cast, make_cast

ClientOf = Callable[[str | None], FlaskClient]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with all tables and no rows, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "matchmaker.db"
    database = Database(f"sqlite:///{path}")
    metadata.create_all(database.engine)
    database.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with all folders under `tmp_path` and the hashing encoder."""
    made = load_settings(
        {
            "MATCHMAKER_DATA": str(tmp_path / "data"),
            "MATCHMAKER_INDEXES": str(tmp_path / "indexes"),
            "MATCHMAKER_MODEL": "hashing",
        }
    )
    made.data.mkdir()
    made.indexes.mkdir()
    return made


@pytest.fixture
def database(settings: Settings, empty_database: Path) -> Iterator[Database]:
    """Yield a fresh database with all tables and no rows."""
    shutil.copyfile(empty_database, settings.data / "matchmaker.db")
    opened = Database(settings.database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def cast(database: Database) -> Cast:
    """Return alice, bob, carol, dave, erin, mallory and peter, written and committed."""
    with database.transaction() as session:
        return make_cast(session)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Yield a writing session that is never committed by itself."""
    with database.write() as opened:
        yield opened


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Return a cache that spares each test's application from compiling every template anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, database: Database, compiled_templates: FileSystemBytecodeCache) -> Flask:
    """Return the site over the test's database, its forms without CSRF tokens (tests of those switch them on)."""
    from matchmaker.web import create_app

    made = create_app(settings)
    made.testing = True
    made.config["WTF_CSRF_ENABLED"] = False
    made.jinja_env.bytecode_cache = compiled_templates
    made.extensions["matchmaker"].hasher = CHEAP
    return made


@pytest.fixture
def client_of(app: Flask, database: Database, cast: Cast) -> ClientOf:
    """Return a maker of browsers: `client_of("alice")` is logged in as her, `client_of(None)` is a visitor's."""
    from matchmaker.web.login import SessionUser

    app.test_client_class = FlaskLoginClient

    def make(key: str | None) -> FlaskClient:
        if key is None:
            return app.test_client()
        member = cast[key]
        with database.read() as reading:
            version = reading.get_one(User, member.user_id).credentials_version
        return app.test_client(user=SessionUser(member.user_id, version, member.membership_id))

    return make
