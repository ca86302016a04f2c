"""Evidence on the page of a pair: waited for without blocking, asked for once, and shown in place."""

import re

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.evidence import Evidence
from matchmaker.services.engine import Engine
from matchmaker.services.evidence import EvidenceMaker
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.web.test_matches import HTMX, make_pair

pytestmark = pytest.mark.slow


def _compare(settings: Settings, database: Database) -> None:
    maker = EvidenceMaker(database, Engine(settings), "test/1/a")
    while maker.step():
        pass


def _wanted(database: Database) -> list[tuple[int, bool]]:
    with database.read() as session:
        return [(row.match_id, row.is_wanted) for row in session.scalars(sa.select(Evidence))]


def test_a_pair_without_evidence_is_asked_for_and_shown_in_place(
    settings: Settings, database: Database, cast: Cast, client_of: ClientOf
) -> None:
    made, client = make_pair(database, cast), client_of("alice")
    path = f"/matches/{made.match}"
    assert "正在逐句比对" in client.get(path).text
    assert _wanted(database) == [(made.match, True)]
    waiting = client.get(path, headers=HTMX).text
    assert ("正在逐句比对" in waiting, "<html" in waiting, f'hx-get="{path}"' in waiting) == (True, False, True)
    _compare(settings, database)
    fragment = client.get(path, headers=HTMX).text
    assert ("hx-get" in fragment, "<html" in fragment, "明确对应" in fragment) == (False, False, True)
    assert "成果回应了" in client.get(path).text


def test_unrelated_sides_say_that_nothing_was_found(
    settings: Settings, database: Database, cast: Cast, client_of: ClientOf
) -> None:
    made = make_pair(database, cast)
    with database.transaction() as session:
        session.execute(
            sa.text("update revisions set title='布病试纸', abstract='牛羊', description='抗体' where id=2")
        )
    client_of("alice").get(f"/matches/{made.match}")
    _compare(settings, database)
    text = client_of("alice").get(f"/matches/{made.match}").text
    section = re.search(r'<section class="card panel evidence".*?</section>', text, re.DOTALL)
    assert section is not None
    assert "成果里没有找到与需求各句对应的内容。" in section.group()


def test_nobody_who_may_not_see_a_pair_has_it_compared(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast)
    for headers in ({}, HTMX):
        assert client_of("mallory").get(f"/matches/{made.match}", headers=headers).status_code == 404
    assert _wanted(database) == []


def test_a_refused_decision_shows_the_page_without_waiting_for_itself(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    made = make_pair(database, cast)
    answer = client_of("alice").post(f"/matches/{made.match}/decision", data={"decision": "unsuitable"})
    assert (answer.status_code, _wanted(database)) == (422, [])
