"""Helpers for tests that fill in forms in a browser-like way."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def csrf_token(client: FlaskClient, path: str) -> str:
    """Open a page and return the token of its first form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def errors_of(response: TestResponse) -> list[str]:
    """Return the ids of the fields that a page marks as wrong."""
    return re.findall(r'class="field-error" id="([^"]+)-error"', response.text)


def flashed(client: FlaskClient) -> list[str]:
    """Return what the next page will say has happened."""
    with client.session_transaction() as cookie:
        return [text for _category, text in cookie.get("_flashes", [])]
