"""Every view is marked, and the marks are enforced."""

import re

import pytest
from flask import Flask

from matchmaker.domain.people import Role
from matchmaker.web.access import UNGUARDED, access_of, public, role_required, safe_next, signed_in
from tests.conftest import ClientOf

PART = r"/[a-z0-9]+(-[a-z0-9]+)*|/<[a-z]+(\([^)]*\))?:[a-z_]+>|/<token>"
# Files that machines ask for have the ending that they look for.
ADDRESS = re.compile(rf"({PART})+(\.(atom|ics|txt|xml))?|/|/static/<path:filename>")


@pytest.fixture
def app(new_app: Flask) -> Flask:
    """A site of the test's own: routes are added to it."""
    return new_app


def _add(app: Flask, address: str, view: object, methods: tuple[str, ...] = ("GET", "POST")) -> None:
    app.add_url_rule(address, view_func=view, endpoint=address.strip("/"), methods=methods)


def test_every_route_is_marked(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - UNGUARDED
    assert [name for name in sorted(endpoints) if access_of(app.view_functions[name]) is None] == []


def test_every_address_is_kebab_case_with_typed_parts(app: Flask) -> None:
    assert [rule.rule for rule in app.url_map.iter_rules() if not ADDRESS.fullmatch(rule.rule)] == []


def test_unmarked_view_is_refused(app: Flask, client_of: ClientOf) -> None:
    _add(app, "/forgotten", lambda: "open")
    with pytest.raises(RuntimeError, match="forgotten"):
        client_of("erin").get("/forgotten")


def test_view_cannot_be_marked_twice() -> None:
    with pytest.raises(TypeError):
        public(signed_in(lambda: ""))


def test_public_view_answers_a_visitor(app: Flask, client_of: ClientOf) -> None:
    _add(app, "/open", public(lambda: "open"))
    assert client_of(None).get("/open").text == "open"


def test_visitor_is_led_to_the_log_in_and_back(app: Flask, client_of: ClientOf) -> None:
    _add(app, "/inside", signed_in(lambda: "inside"))
    response = client_of(None).get("/inside?tab=2")
    assert (response.status_code, response.location) == (303, "/login?next=/inside?tab%3D2")


def test_visitors_form_is_led_to_the_log_in_without_a_way_back(app: Flask, client_of: ClientOf) -> None:
    _add(app, "/inside", signed_in(lambda: "inside"))
    response = client_of(None).post("/inside")
    assert (response.status_code, response.location) == (303, "/login")


def test_visitors_fragment_sends_the_whole_page_to_the_log_in(app: Flask, client_of: ClientOf) -> None:
    _add(app, "/inside", signed_in(lambda: "inside"))
    response = client_of(None).get("/inside", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (401, "/login")


@pytest.mark.parametrize(
    ("key", "status"), [("alice", 403), ("bob", 403), ("carol", 200), ("dave", 200), ("erin", 403), ("peter", 403)]
)
def test_role_is_required(app: Flask, client_of: ClientOf, key: str, status: int) -> None:
    _add(app, "/desk", role_required(Role.BROKER, Role.BUREAU)(lambda: "desk"))
    assert client_of(key).get("/desk").status_code == status


def test_signed_in_needs_no_role(app: Flask, client_of: ClientOf) -> None:
    _add(app, "/inside", signed_in(lambda: "inside"))
    assert client_of("peter").get("/inside").text == "inside"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/needs/3?tab=1", "/needs/3?tab=1"),
        ("", "/home"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example", "/home"),
        ("/\t/evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
    ],
)
def test_next_leads_only_to_this_site(app: Flask, target: str, expected: str) -> None:
    with app.test_request_context(query_string={"next": target}):
        assert safe_next("/home") == expected
