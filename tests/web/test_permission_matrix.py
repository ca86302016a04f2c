"""Every route, tried by everybody.

The routes are read from the application, so one added later is tried as well. An address's ids are those of things
that alice hides, or of nothing; the names of the arguments say which (see world.py).
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from matchmaker.domain.base import Database
from matchmaker.domain.people import Role
from matchmaker.web.access import Access
from tests.cast import NAMES, Cast
from tests.conftest import ClientOf
from tests.web.routes import Call, calls_of
from tests.web.world import World, everything, make_world

# Thousands of requests: in the whole suite, not among the fast tests.
pytestmark = pytest.mark.slow

OUTSIDERS = ("bob", "mallory", "peter")
REFUSALS = (403, 404, 422)
# What a visitor may use, on purpose: whoever opens another route to everybody writes it down here.
PUBLIC = frozenset(
    {
        "home.index",
        "forwardings.forwarded",
        "forwardings.answer",
        "home.about",
        "home.privacy",
        "home.health",
        "open_data.download",
        "open_data.index",
        "accounts.choose_language",
        "accounts.login",
        "accounts.log_in",
        "accounts.register",
        "accounts.submit_registration",
        "accounts.forgot",
        "accounts.send_link",
        "accounts.reset",
        "accounts.set_password",
        "accounts.verify",
        "accounts.confirm_email",
        "preferences.ask",
        "preferences.unsubscribe",
        "feeds.atom",
        "feeds.sitemap",
        "feeds.sitemap_of",
        "feeds.robots",
        "listings.browse",
        "listings.detail",
        "listings.follow",
        "attachments.download",
        "organizations.detail",
        "search.index",
        "events.index",
        "events.calendar",
        "events.detail",
        "events.download",
        "calendars.index",
        "calendars.everything",
        "calendars.own",
        "calendars.event",
        "check_ins.scanned",
        "roadshows.programme",
        "roadshows.programme_pdf",
        "roadshows.template",
        "roadshows.pitch",
        "campaigns.index",
        "campaigns.detail",
        "campaigns.download",
    }
)
# Addresses that only these roles may use, whatever is added below them.
RESERVED = {"/admin/": {Role.BUREAU, Role.ADMIN}, "/review": {Role.BROKER, Role.BUREAU}}


@pytest.fixture
def world(database: Database, cast: Cast) -> World:
    with database.transaction() as session:
        return make_world(session, cast)


@pytest.fixture
def calls(app: Flask, world: World) -> list[Call]:
    return calls_of(app, world)


def test_public_routes_are_those_meant_to_be(calls: list[Call]) -> None:
    assert {call.name for call in calls if not call.access.needs_login} == PUBLIC


@pytest.mark.parametrize(("prefix", "roles"), RESERVED.items())
def test_reserved_addresses_are_for_their_roles_only(calls: list[Call], prefix: str, roles: set[Role]) -> None:
    below = [call for call in calls if call.address.startswith(prefix)]
    assert [call for call in below if not call.access.roles or not call.access.roles <= roles] == []
    assert below != []


def test_visitor_is_sent_to_the_log_in_from_every_guarded_route(client_of: ClientOf, calls: list[Call]) -> None:
    guarded = [call for call in calls if call.access.needs_login]
    wrong = [_told(call, answer) for call, answer in _try(client_of, None, guarded) if not _asks_to_log_in(answer)]
    assert (wrong, len(guarded) > 0) == ([], True)


def test_visitor_is_not_sent_to_the_log_in_from_a_public_route(client_of: ClientOf, calls: list[Call]) -> None:
    public = [call for call in calls if not call.access.needs_login]
    wrong = [_told(call, answer) for call, answer in _try(client_of, None, public) if _asks_to_log_in(answer)]
    assert (wrong, len(public) > 0) == ([], True)


@pytest.mark.parametrize("key", NAMES)
def test_routes_of_other_roles_are_forbidden(client_of: ClientOf, cast: Cast, calls: list[Call], key: str) -> None:
    role = cast[key].actor.role
    closed = [call for call in calls if call.access.roles and role not in call.access.roles]
    assert [_told(call, answer) for call, answer in _try(client_of, key, closed) if answer.status_code != 403] == []


@pytest.mark.parametrize("key", [None, *NAMES])
def test_open_routes_answer_without_failing(
    client_of: ClientOf, cast: Cast, calls: list[Call], key: str | None
) -> None:
    reads = [call for call in _open(calls, cast, key) if call.method == "GET"]
    wrong = [_told(call, answer) for call, answer in _try(client_of, key, reads) if answer.status_code >= 500]
    assert (wrong, len(reads) > 0) == ([], True)


@pytest.mark.parametrize("key", [None, *NAMES])
def test_empty_forms_are_answered_without_failing(
    client_of: ClientOf, cast: Cast, calls: list[Call], key: str | None
) -> None:
    writes = [call for call in _open(calls, cast, key) if call.method != "GET"]
    wrong = [_told(call, answer) for call, answer in _try(client_of, key, writes) if answer.status_code >= 500]
    assert (wrong, len(writes) > 0) == ([], True)


@pytest.mark.parametrize("key", OUTSIDERS)
def test_hidden_things_look_to_outsiders_like_missing_ones_and_stay_as_they_are(
    client_of: ClientOf, database: Database, calls: list[Call], key: str
) -> None:
    before = everything(database)
    about = [call for call in calls if call.is_about_something]
    wrong = []
    for call, answer in _try(client_of, key, about):
        missing = client_of(key).open(call.missing, method=call.method)
        if answer.status_code not in REFUSALS or answer.status_code != missing.status_code:
            wrong.append(f"{_told(call, answer)}, missing: {missing.status_code}")
    assert (wrong, len(about) > 0) == ([], True)
    assert everything(database) == before


def test_hidden_things_look_to_visitors_like_missing_ones(client_of: ClientOf, calls: list[Call]) -> None:
    about = [call for call in calls if call.is_about_something and not call.access.needs_login]
    wrong = [_told(call, answer) for call, answer in _try(client_of, None, about) if answer.status_code != 404]
    assert (wrong, len(about) > 0) == ([], True)


def test_refused_calls_change_nothing(client_of: ClientOf, database: Database, cast: Cast, calls: list[Call]) -> None:
    before = everything(database)
    for key in (None, *NAMES):
        role = cast[key].actor.role if key else None
        closed = [call for call in calls if call.method != "GET" and not _is_open(call.access, key, role)]
        for _answered in _try(client_of, key, closed):
            pass
    assert everything(database) == before


def _try(client_of: ClientOf, key: str | None, calls: list[Call]) -> Iterator[tuple[Call, TestResponse]]:
    for call in calls:
        yield call, client_of(key).open(call.address, method=call.method)


def _open(calls: list[Call], cast: Cast, key: str | None) -> list[Call]:
    """Return the calls that `key` may make; what outsiders get of hidden things has a test of its own."""
    role = cast[key].actor.role if key else None
    open_calls = [call for call in calls if _is_open(call.access, key, role)]
    return [call for call in open_calls if key not in OUTSIDERS or not call.is_about_something]


def _is_open(access: Access, key: str | None, role: object) -> bool:
    if not access.needs_login:
        return True
    return key is not None and (not access.roles or role in access.roles)


def _asks_to_log_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and (answer.location or "").partition("?")[0] == "/login"


def _told(call: Call, answer: TestResponse) -> str:
    return f"{call.method} {call.address}: {answer.status_code}"
