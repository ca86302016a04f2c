"""Fixtures shared by all rooms.

`session` holds SQLite's write lock while it is open: a test drives either services through `session`, or the site
through `client_of`, and looks at the rows afterwards with `database.read()`.
"""

import gc
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
from matchmaker.services.secrets import load_secret_key
from tests.cast import CHEAP, Cast, make_cast

# Looking for cycles among what thousands of tests leave behind would take a tenth of their time.
gc.set_threshold(100_000, 50, 100)

ClientOf = Callable[[str | None], FlaskClient]


# Pages over services that the fast suite tests, and a few tests of files and processes: in the whole suite only.
WHOLE_SUITE = {
    "": ("migrations",),
    "cli": ("data", "supervisor", "training"),
    "search/training": ("train",),
    "services": (
        *("backups", "dashboard", "forwarding", "funnel", "match_news", "match_reports", "merging", "questions"),
        *("deals", "follow_ups", "minutes", "similar", "triage", "webhooks"),
        *("agreements", "avoidances", "engine", "saved_searches"),
        *("matching", "matches", "searching", "verdicts", "duplicates", "attachments", "review", "disclosures"),
        *("organizations", "health", "booklets", "listings", "match_export", "listing_pages", "invitations"),
        *("my_matches", "mails", "match_notices", "proposals", "outbound", "terms", "closing"),
    ),
    "services/charts": ("drawing",),
    "services/evidence": ("making",),
    "services/ledger": ("records",),
    "services/rankers": ("comparing",),
    "services/refits": ("running",),
    "services/appointments": ("recording",),
    "services/contracts": ("desk", "payments"),
    "services/events": ("events_of_organizations", "furnishing", "inviting", "places", "planning", "registering"),
    "services/deals": ("board", "offers", "opening", "papers", "reminders"),
    "services/documents": ("match_report_file",),
    "services/campaigns": ("following", "screening"),
    "services/roadshows": ("interest", "judging", "merging", "pitches", "talks"),
    "services/timetables": ("booking", "building", "placing", "proposed_repairs", "releasing"),
    "services/unmet": ("unmet",),
    "services/papers": ("checking", "papers"),
    "services/contracts_sheet": ("contracts_sheet", "hostile_sheets"),
    "services/exports": ("round_trip", "exporting"),
    "services/imports": ("importing", "rights", "running"),
    "web": (
        *(
            "accounts",
            "agreements",
            "appointments",
            "attachments",
            "avoidances",
            "booklets",
            "campaigns",
            "dashboard",
            "database",
            "deals",
            "drafts",
            "duplicates",
            "entrance",
            "errors",
            "events",
        ),
        *(
            "feeds",
            "forwardings",
            "grading",
            "home",
            "imports",
            "inventors",
            "language",
            "ledger",
            "limits",
            "listings",
            "matches",
            "listing_endings",
            "listing_moves",
            "merges",
            "minutes",
            "organizations",
            "passwords",
        ),
        *(
            "learning",
            "notices",
            "preferences",
            "proposals",
            "questions",
            "readings",
            "registration",
            "registrations",
            "review",
            "roadshows",
            "search",
            "searches",
            "security",
            "timetables",
            "triage",
            "verification",
            "webhooks",
        ),
    ),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs in the whole suite only."""
    folder = Path(__file__).parent
    slow = {folder / place / f"test_{name}.py" for place, names in WHOLE_SUITE.items() for name in names}
    assert [str(path) for path in slow if not path.is_file()] == []
    for item in items:
        if item.path in slow:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with all tables and no rows, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "matchmaker.db"
    database = Database(f"sqlite:///{path}")
    metadata.create_all(database.engine)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def site_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with all folders in a temporary one and the hashing encoder."""
    folder = tmp_path_factory.mktemp("site")
    return load_settings(
        {
            "MATCHMAKER_DATA": str(folder / "data"),
            "MATCHMAKER_INDEXES": str(folder / "indexes"),
            "MATCHMAKER_MODEL": "hashing",
            # A night's work would begin in whichever test the clock strikes.
            "MATCHMAKER_REFIT": "off",
        }
    )


@pytest.fixture
def settings(site_settings: Settings) -> Settings:
    """Return the settings of the test's site, its folders empty."""
    for folder in (site_settings.data, site_settings.indexes):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    return site_settings


@pytest.fixture(scope="session")
def _database(site_settings: Settings) -> Iterator[Database]:
    # One for all tests: what it has learnt of compiling statements is half of a test's time.
    opened = Database(site_settings.database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def database(settings: Settings, empty_database: Path, _database: Database) -> Iterator[Database]:
    """Yield a fresh database with all tables and no rows."""
    shutil.copyfile(empty_database, settings.data / "matchmaker.db")
    yield _database
    _database.dispose()


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
def new_app(settings: Settings, database: Database, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """Return a site of the test's own, for tests that add routes to it; all others share one."""
    made = _make_app(settings, compiled_templates)
    yield made
    made.extensions["matchmaker"].close()


@pytest.fixture
def app(settings: Settings, database: Database, shared_app: Flask) -> Iterator[Flask]:
    """Yield the site over the test's database, its forms without CSRF tokens (tests of those switch them on)."""
    before = dict(shared_app.config)
    shared_app.config["SECRET_KEY"] = load_secret_key(settings.data)
    yield shared_app
    shared_app.config.update(before)
    shared_app.extensions["matchmaker"].close()


@pytest.fixture(scope="session")
def shared_app(site_settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Flask:
    """Return one site for all tests: making one takes longer than most tests."""
    return _make_app(site_settings, compiled_templates)


def _make_app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Flask:
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
