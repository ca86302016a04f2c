"""Questions and answers reach their readers, and no page, notice or mail shows them to anybody else."""

import pytest
from flask import Flask

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.matches import Match
from matchmaker.services.decisions import withdraw_decision
from matchmaker.services.questions import answer, ask, askable
from tests.cast import Cast
from tests.story.leak_rules import owners_say, pairs_of
from tests.story.leaks import (
    AVOIDED,
    PARTIES,
    READERS_OF_ALL,
    Market,
    actor,
    open_market,
    read_everything,
    told,
)

ANSWER = "zqanswerxyzwvuts 99.5"
# Whatever shows a pair or a question; the leak matrix reads all the rest.
WANTED = frozenset({"matches.detail", "questions.detail", "triage.pair", "notices.index"})
VIEWERS = (None, "mallory", "umar", AVOIDED, *PARTIES, *READERS_OF_ALL)


@pytest.fixture
def market(settings: Settings, database: Database, cast: Cast) -> Market:
    return open_market(settings, database, cast)


def _asked_and_answered(database: Database, market: Market) -> int:
    with database.transaction() as session:
        carol, count = actor(session, market, "carol"), 0
        for match_id in pairs_of(session, market, "bob"):
            for key in askable(session, carol, session.get_one(Match, match_id)):
                answer(session, actor(session, market, "bob"), ask(session, carol, match_id, key).id, ANSWER)
                count += 1
        return count


def _readers(app: Flask, database: Database, market: Market) -> set[str | None]:
    return {viewer for viewer in VIEWERS if ANSWER in _all(app, database, market, viewer)}


def _all(app: Flask, database: Database, market: Market, viewer: str | None) -> str:
    pages = read_everything(app, database, market, viewer, WANTED.__contains__)
    return "\n".join(pages.values()) + (told(database, market, viewer) if viewer else "")


@pytest.mark.slow
def test_answer_is_read_by_its_parties_and_those_who_see_all_pairs(
    app: Flask, database: Database, market: Market
) -> None:
    owners_say(database, market, "interested")
    owners_say(database, market, "interested", ("bob",))
    assert _asked_and_answered(database, market) == 3
    assert _readers(app, database, market) == {*PARTIES, *READERS_OF_ALL}
    with database.transaction() as session:
        for match_id in pairs_of(session, market, "bob"):
            withdraw_decision(session, actor(session, market, "bob"), match_id)
    assert _readers(app, database, market) == set(READERS_OF_ALL)


@pytest.mark.slow
def test_hidden_indicator_is_not_asked_about(database: Database, market: Market) -> None:
    assert _asked_and_answered(database, market) == 0
