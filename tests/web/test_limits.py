"""Rate limits hold across processes, because their counts lie in the database."""

import pytest
from flask import Flask

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.web import create_app
from matchmaker.web.access import public
from matchmaker.web.limits import DatabaseStorage, by_person, limiter
from tests.conftest import ClientOf


def _knock() -> str:
    return "in"


knock = limiter.limit("2/minute")(public(_knock))


def _own() -> str:
    return "in"


own = limiter.limit("1/minute", key_func=by_person)(public(_own))


@pytest.fixture
def app(new_app: Flask) -> Flask:
    """The site with two limited doors."""
    return _with_doors(new_app)


def _with_doors(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/knock", "knock", knock, methods=["POST"])
    app.add_url_rule("/own", "own", own, methods=["POST"])
    return app


def test_third_knock_is_refused_and_told_when_to_come_back(client_of: ClientOf) -> None:
    client = client_of(None)
    assert [client.post("/knock").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.post("/knock")
    assert "请稍等片刻" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_two_processes_count_together(app: Flask, settings: Settings) -> None:
    other = _with_doors(create_app(settings))
    doors = (app, other, app, other)
    assert [each.test_client().post("/knock").status_code for each in doors] == [200, 200, 429, 429]


def test_limit_by_person_does_not_mix_people_of_one_address(client_of: ClientOf) -> None:
    alice, bob = client_of("alice"), client_of("bob")
    statuses = [client.post("/own").status_code for client in (alice, bob, alice, bob)]
    assert statuses == [200, 200, 429, 429]


def test_long_key_is_counted(app: Flask, database: Database) -> None:
    storage = DatabaseStorage()
    with app.app_context():
        key = "login:" + "长" * 5000
        assert [storage.incr(key, 60), storage.incr(key, 60), storage.get(key)] == [1, 2, 2]
        storage.clear(key)
        assert storage.get(key) == 0
        assert storage.check()
