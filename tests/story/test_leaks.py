"""The leak matrix: everybody reads everything that the site answers, and nobody finds a word that is not for him.

What each may read is said here by layers (see leaks.py for the market); the test also fails where something that he
may read is nowhere to be found, so that it cannot pass by reading nothing.
"""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import NotFound
from matchmaker.domain.fields import Layer
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor
from matchmaker.services.agreements import answer_agreement, propose_agreement
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.engine import Engine
from matchmaker.services.review import publish
from matchmaker.services.revisions import save_draft
from matchmaker.services.searching import SearchRequest, search
from matchmaker.services.submission import submit
from tests.cast import Cast
from tests.drafts import make_draft, make_published
from tests.story.leaks import (
    AVOIDED,
    OUTSIDERS,
    PARTIES,
    PLANS,
    READERS_OF_ALL,
    Market,
    actor,
    client_of,
    open_market,
    read_everything,
    readable_layers,
    told,
)
from tests.working import work

Part = tuple[str, str]
OWNERS = ("alice", "anna", "amir")
PAGES = frozenset({"listings.detail", "matches.detail", "attachments.download"})


@pytest.fixture
def market(settings: Settings, database: Database, cast: Cast) -> Market:
    return open_market(settings, database, cast)


def _owners_say(database: Database, market: Market, decision: str, names: tuple[str, ...] = OWNERS) -> None:
    with database.transaction() as session:
        for name in names:
            for match in _pairs(session, market, name):
                reason = "price" if decision == "unsuitable" else None
                note = market.tokens["alice", "note"] if name == "alice" else None
                with suppress(NotFound):  # of what somebody cannot see he says nothing
                    decide(
                        session, actor(session, market, name), match, decision, reason=reason, note=note, agreed=True
                    )


def _pairs(session: Session, market: Market, name: str) -> list[int]:
    own = sa.select(Listing.id).where(Listing.organization_id == market.members[name].organization_id)
    of_side = Match.achievement_id if name == "bob" else Match.need_id
    return list(session.scalars(sa.select(Match.id).where(of_side.in_(own), Match.id.in_(market.ids["match_id"]))))


def _sign(database: Database, market: Market) -> None:
    with database.transaction() as session:
        for name in OWNERS:
            for match in _pairs(session, market, name):
                row = propose_agreement(session, actor(session, market, name), match)
                answer_agreement(session, actor(session, market, "bob"), row.id, accepted=True)


def _withdraw(database: Database, market: Market) -> None:
    with database.transaction() as session:
        for match in _pairs(session, market, "bob"):
            withdraw_decision(session, actor(session, market, "bob"), match)


def _may_read(viewer: str | None, opened: dict[str, Layer]) -> set[Part]:
    """The parts that a viewer may read, and so must find; `opened` by the owner of the listing."""
    found = set()
    for plan in PLANS:
        layers = readable_layers(viewer, plan, opened.get(plan.owner))
        found |= {
            (plan.owner, part)
            for part, layer in (plan.layers | {"indicators": Layer.MATCHED}).items()
            if layer in layers
        }
    return found


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
        for part in market.owners_of(text) - _may_read(viewer, opened) - known - _own_notes(viewer)
    )
    missing = _may_read(viewer, opened) - set().union(*(market.owners_of(text) for text in pages.values()))
    assert (viewer, leaks, sorted(missing)) == (viewer, [], [])


def _own_notes(viewer: str | None) -> set[Part]:
    if viewer in READERS_OF_ALL:
        return {("alice", "note"), ("carol", "note"), *((name, "person") for name in PARTIES)}
    return {(str(viewer), "note"), (str(viewer), "person")}


def _opened_to(viewer: str | None, layer: Layer | None) -> dict[str, Layer]:
    """What mutual interest up to a layer has opened: to bob the three needs, to each of their owners his listing."""
    if layer is None or viewer not in PARTIES:
        return {}
    return dict.fromkeys(OWNERS, layer) if viewer == "bob" else {"bob": layer}


def _names(viewer: str | None) -> set[Part]:
    """Names that parties of a mutual pair learn of one another for good: in notices, in the log of readings."""
    others = OWNERS if viewer == "bob" else ("bob",) if viewer in OWNERS else ()
    return {(name, part) for name in others for part in ("organization", "person")}


@pytest.mark.slow
def test_nobody_reads_more_than_his_layers(app: Flask, database: Database, market: Market) -> None:
    with database.transaction() as session:
        for match in _pairs(session, market, "anna"):
            decide(session, actor(session, market, "carol"), match, "interested", note=market.tokens["carol", "note"])
    for viewer in (*OUTSIDERS, AVOIDED, "bob", "anna"):
        _check(app, database, market, viewer, {}, set())
    _owners_say(database, market, "interested")
    _check(app, database, market, "bob", {"amir": Layer.ABSTRACT}, set())
    _check(app, database, market, "mallory", {}, set())
    _owners_say(database, market, "interested", ("bob",))
    for viewer in PARTIES:
        _check(app, database, market, viewer, _opened_to(viewer, Layer.MATCHED), _names(viewer))
    _sign(database, market)
    for viewer in ("mallory", AVOIDED, *READERS_OF_ALL, *PARTIES):
        _check(app, database, market, viewer, _opened_to(viewer, Layer.CONFIDENTIAL), _names(viewer))
    _withdraw(database, market)
    _check(app, database, market, "bob", {"amir": Layer.ABSTRACT}, _names("bob"))
    _check(app, database, market, "anna", {}, _names("anna"))


@pytest.mark.slow
def test_declined_party_learns_the_coded_reason_only(app: Flask, database: Database, market: Market) -> None:
    _owners_say(database, market, "interested", ("bob",))
    _owners_say(database, market, "unsuitable")
    _check(app, database, market, "bob", {}, set())
    pages = read_everything(app, database, market, "bob", lambda endpoint: endpoint == "matches.detail")
    assert sum("decision-other decision-unsuitable" in text for text in pages.values()) == 2


def test_main_pages_keep_the_layers_apart(app: Flask, settings: Settings, database: Database, cast: Cast) -> None:
    market = open_market(settings, database, cast, quick=True)
    _owners_say(database, market, "interested")
    _owners_say(database, market, "interested", ("bob",))
    for viewer in (None, "bob"):
        pages = read_everything(app, database, market, viewer, PAGES.__contains__)
        found = set().union(*(market.owners_of(text) for text in pages.values()))
        assert (viewer, found - _own_notes(viewer)) == (
            viewer,
            _may_read(viewer, _opened_to(viewer, Layer.MATCHED)),
        )


@pytest.mark.slow
@pytest.mark.parametrize("viewer", [*OUTSIDERS, AVOIDED, "bob"])
def test_search_for_a_hidden_word_finds_it_nowhere(
    app: Flask, database: Database, market: Market, viewer: str | None
) -> None:
    client = client_of(app, database, market, viewer)
    hidden = {part: token for part, token in market.tokens.items() if part not in _may_read(viewer, {})}
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
