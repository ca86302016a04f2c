"""The leak matrix: everybody reads everything that the site answers, and nobody finds a word that is not for him.

What each may read is said here by layers (see leaks.py for the market); the test also fails where something that he
may read is nowhere to be found, so that it cannot pass by reading nothing.
"""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.fields import Layer
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.engine import Engine
from matchmaker.services.review import publish
from matchmaker.services.revisions import save_draft
from matchmaker.services.searching import SearchRequest, search
from matchmaker.services.submission import submit
from tests.cast import Cast
from tests.drafts import make_draft, make_published
from tests.story.leak_rules import (
    Part,
    may_read,
    names_learnt,
    opened_to,
    own_notes,
    owners_say,
    pairs_of,
    sign,
)
from tests.story.leaks import (
    AVOIDED,
    OUTSIDERS,
    PARTIES,
    READERS_OF_ALL,
    Market,
    actor,
    client_of,
    compared_fields,
    open_market,
    read_everything,
    texts_of,
    told,
)
from tests.working import work

# Sentences of these are compared for those who may read them, so that a page could show them to others by mistake.
COMPARED = {"title", "abstract", "problem", "tried", "solver_conditions", "description", "advantages", "applications"}
PAGES = frozenset({"listings.detail", "matches.detail", "attachments.download"})


@pytest.fixture
def market(settings: Settings, database: Database, cast: Cast) -> Market:
    return open_market(settings, database, cast)


def _withdraw(database: Database, market: Market) -> None:
    with database.transaction() as session:
        for match in pairs_of(session, market, "bob"):
            withdraw_decision(session, actor(session, market, "bob"), match)


def _check(
    app: Flask, database: Database, market: Market, viewer: str | None, opened: dict[str, Layer], known: set[Part]
) -> None:
    """Read everything as the viewer; `known` is what he was told rightly before and may keep in his inbox."""
    pages = read_everything(app, database, market, viewer)
    if viewer is not None:
        pages["(mails and notices)"] = told(database, market, viewer)
    leaks = sorted(
        (part, address)
        for address, text in pages.items()
        for part in market.owners_of(text) - may_read(viewer, opened) - known - own_notes(viewer)
    )
    missing = may_read(viewer, opened) - set().union(*(market.owners_of(text) for text in pages.values()))
    assert (viewer, leaks, sorted(missing)) == (viewer, [], [])


@pytest.mark.slow
def test_nobody_reads_more_than_his_layers(app: Flask, database: Database, market: Market) -> None:
    with database.transaction() as session:
        for match in pairs_of(session, market, "anna"):
            decide(session, actor(session, market, "carol"), match, "interested", note=market.tokens["carol", "note"])
    assert compared_fields(database) >= COMPARED
    for viewer in (*OUTSIDERS, AVOIDED, "bob", "anna"):
        _check(app, database, market, viewer, {}, set())
    owners_say(database, market, "interested")
    _check(app, database, market, "bob", {"amir": Layer.ABSTRACT}, set())
    _check(app, database, market, "mallory", {}, set())
    owners_say(database, market, "interested", ("bob",))
    for viewer in PARTIES:
        _check(app, database, market, viewer, opened_to(viewer, Layer.MATCHED), names_learnt(viewer))
    sign(database, market)
    for viewer in ("mallory", AVOIDED, *READERS_OF_ALL, *PARTIES):
        _check(app, database, market, viewer, opened_to(viewer, Layer.CONFIDENTIAL), names_learnt(viewer))
    _withdraw(database, market)
    _check(app, database, market, "bob", {"amir": Layer.ABSTRACT}, names_learnt("bob"))
    _check(app, database, market, "anna", {}, names_learnt("anna"))


@pytest.mark.slow
def test_declined_party_learns_the_coded_reason_only(app: Flask, database: Database, market: Market) -> None:
    owners_say(database, market, "interested", ("bob",))
    owners_say(database, market, "unsuitable")
    _check(app, database, market, "bob", {}, set())
    pages = read_everything(app, database, market, "bob", lambda endpoint: endpoint == "matches.detail")
    assert sum("decision-other decision-unsuitable" in text for text in pages.values()) == 2


@pytest.mark.slow
@pytest.mark.parametrize("layer", [None, Layer.MATCHED])
def test_a_report_holds_of_each_side_only_what_its_readers_may_read(
    app: Flask, database: Database, market: Market, layer: Layer | None
) -> None:
    """Whatever a broker knows: what he hands to a side holds nothing that this side could not read itself."""
    if layer is not None:
        owners_say(database, market, "interested", ("alice", "anna", "bob"))
    for name in ("alice", "anna"):
        with database.read() as session:
            (match,) = pairs_of(session, market, name)
        theirs = {side: may_read(side, opened_to(side, layer)) for side in (name, "bob")}
        of_pair = {part for part in market.tokens if part[0] in (name, "bob")}
        allowed = {
            "need": theirs[name],
            "achievement": theirs["bob"],
            "both": {part for part in of_pair if part in theirs["bob" if part[0] == name else name]},
        }
        for audience, readable in allowed.items():
            found = _report_parts(app, database, market, match, audience)
            assert (name, audience, found - readable) == (name, audience, set())
            assert {(name, "title"), ("bob", "title"), (name, "abstract"), ("bob", "abstract")} <= found


def _report_parts(app: Flask, database: Database, market: Market, match: int, audience: str) -> set[Part]:
    client = client_of(app, database, market, "carol")
    page = client.get(f"/matches/{match}/report?for={audience}")
    sheet = re.search(r'<article class="report-sheet.*?</article>', page.text, re.DOTALL)
    assert sheet is not None
    paper = texts_of(client.get(f"/matches/{match}/report/pdf?for={audience}").data)
    return market.owners_of(sheet.group()) | market.owners_of("".join(paper.split()))


def test_main_pages_keep_the_layers_apart(app: Flask, settings: Settings, database: Database, cast: Cast) -> None:
    market = open_market(settings, database, cast, quick=True)
    owners_say(database, market, "interested")
    owners_say(database, market, "interested", ("bob",))
    assert compared_fields(database) >= COMPARED
    for viewer in (None, "bob"):
        pages = read_everything(app, database, market, viewer, PAGES.__contains__)
        found = set().union(*(market.owners_of(text) for text in pages.values()))
        assert (viewer, found - own_notes(viewer)) == (
            viewer,
            may_read(viewer, opened_to(viewer, Layer.MATCHED)),
        )


@pytest.mark.slow
@pytest.mark.parametrize("viewer", [*OUTSIDERS, AVOIDED, "bob"])
def test_search_for_a_hidden_word_finds_it_nowhere(
    app: Flask, database: Database, market: Market, viewer: str | None
) -> None:
    client = client_of(app, database, market, viewer)
    hidden = {part: token for part, token in market.tokens.items() if part not in may_read(viewer, {})}
    hidden = {part: token for part, token in hidden.items() if part[0] != viewer}
    echoed = _occurrences(client, "zq" + "x" * 14)
    assert {part: _occurrences(client, token) for part, token in hidden.items()} == dict.fromkeys(hidden, echoed)
    assert len(hidden) > 20


@pytest.mark.slow
def test_search_for_an_open_word_finds_it(app: Flask, database: Database, market: Market) -> None:
    client = client_of(app, database, market, None)
    assert _occurrences(client, market.tokens["anna", "abstract"]) > _occurrences(client, "zq" + "x" * 14)


@pytest.mark.slow
@pytest.mark.parametrize("visibility", ["anonymous", "public"])
def test_hidden_text_moves_no_score_of_those_who_may_not_read_it(
    settings: Settings, database: Database, cast: Cast, visibility: str
) -> None:
    """Twins that differ in hidden text only score the same to outsiders, and not to brokers."""
    word = "聚脲疏冰纳米涂层"
    with database.transaction() as session:
        for text in (word, "与此毫无关系的内容"):
            listing = make_draft(session, cast.alice, title="风电除冰", visibility=visibility, problem=text)
            save_draft(session, cast.alice.actor, listing, {}, 1, layers={"problem": "matched"})
            listing.created_at -= timedelta(hours=1)
            submit(session, cast.alice.actor, listing, listing.working_revision.version, declared=True)
            publish(session, cast.dave.actor, listing, listing.working_revision.version)
        achievement = make_published(session, cast.bob, cast.dave, "achievement", title=word, description=word * 3).id
    work(settings, database)
    engine = Engine(settings)
    with database.read() as session:
        rows = session.scalars(sa.select(Match).where(Match.achievement_id == achievement).order_by(Match.need_id))
        views = [(row.score, row.achievement_side_score, row.achievement_view) for row in rows]
        assert engine.encoder.model_id
        found = {who: _scores(session, engine, cast[who].actor, word) for who in ("bob", "mallory", "carol")}
    engine.close()
    assert views[0][0] > views[1][0]
    assert views[0][1:] == views[1][1:]
    assert [len(set(found[who])) for who in ("bob", "mallory", "carol")] == [1, 1, 2]


def _scores(session: Session, engine: Engine, viewer: Actor, word: str) -> list[float | None]:
    hits = search(session, viewer, engine, SearchRequest(text=word, kind="need")).hits
    assert len(hits) == 2
    return [hit.probability for hit in hits]


def _occurrences(client: FlaskClient, word: str) -> int:
    visible = re.sub(r"<[^>]*>", "", client.get(f"/search?q={word}").text)
    return visible.count(word)
