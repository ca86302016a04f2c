"""One session per request, committed once where the view succeeded."""

import pytest
import sqlalchemy as sa
from flask import Flask

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict
from matchmaker.domain.people import Organization
from matchmaker.web.access import public
from matchmaker.web.database import session
from tests.conftest import ClientOf


def _count(database: Database) -> int:
    with database.read() as reading:
        return reading.scalar(sa.select(sa.func.count()).select_from(Organization).where(Organization.name == "新单位"))


@pytest.fixture
def app(new_app: Flask) -> Flask:
    """The site with views that write a row and then end in different ways."""

    def add(ending: object) -> object:
        session().add(Organization(kind="enterprise", name="新单位"))
        session().flush()
        if isinstance(ending, Exception):
            raise ending
        return ending

    endings = {
        "saved": "ok",
        "moved": ("", 303),
        "refused": ("no", 422),
        "failed": Conflict("已经变了"),
        "broken": KeyError("x"),
    }
    for name, ending in endings.items():
        new_app.add_url_rule(f"/{name}", name, public(lambda ending=ending: add(ending)), methods=["POST"])
    return new_app


@pytest.mark.parametrize(("name", "rows"), [("saved", 1), ("moved", 1), ("refused", 0), ("failed", 0)])
def test_view_is_committed_only_where_it_succeeds(
    client_of: ClientOf, database: Database, name: str, rows: int
) -> None:
    client_of(None).post(f"/{name}")
    assert _count(database) == rows


def test_unforeseen_error_rolls_back_and_frees_the_lock(app: Flask, client_of: ClientOf, database: Database) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = client_of(None)
    assert client.post("/broken").status_code == 500
    assert client.post("/saved").status_code == 200
    assert _count(database) == 1


def test_failing_commit_becomes_an_answer(app: Flask, client_of: ClientOf) -> None:
    def twice() -> str:
        for _ in range(2):
            session().add(Organization(kind="enterprise", name="同码单位", credit_code="91650100MA7T000A1X"))
        return "saved"

    app.add_url_rule("/twice", "twice", public(twice), methods=["POST"])
    assert client_of(None).post("/twice").status_code == 409


def test_reading_request_takes_no_write_lock(app: Flask, client_of: ClientOf, database: Database) -> None:
    def look() -> str:
        return str(session().scalar(sa.select(sa.func.count()).select_from(Organization)))

    app.add_url_rule("/look", "look", public(look))
    client = client_of(None)
    with database.transaction() as writing:
        writing.add(Organization(kind="enterprise", name="未提交"))
        writing.flush()
        assert client.get("/look").text == "6"
