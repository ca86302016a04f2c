"""The leak matrix of what is made when somebody asks for it, and of what leaves the site by mail.

Files, booklets, hints, screening and signed links hold what whoever gets them may read (see leaks.py, leak_rules.py).
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.campaigns import Opinion
from matchmaker.domain.days import today
from matchmaker.domain.disclosures import Reading
from matchmaker.domain.fields import Layer
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.listings import Listing
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import TOPIC_NAMES, Notice
from matchmaker.domain.people import Membership
from matchmaker.domain.saved_searches import SavedSearch
from matchmaker.domain.webhooks import WebhookDelivery
from matchmaker.services.campaigns.entries import enter
from matchmaker.services.campaigns.experts import assign, invite
from matchmaker.services.digests import write_digests
from matchmaker.services.engine import Engine
from matchmaker.services.exports.exporting import order_export
from matchmaker.services.forwarding import forward, forwarding_path
from matchmaker.services.preferences import save_paces
from matchmaker.services.recipients import Recipient
from matchmaker.services.renewal import renewal_path
from matchmaker.services.search_alerts import look_for_news
from matchmaker.services.secrets import load_secret_key
from matchmaker.services.unsubscribing import unsubscribe_links
from tests.campaigns import make_campaign
from tests.cast import Cast
from tests.drafts import make_draft
from tests.running import run_jobs
from tests.services.documents.test_booklet_files import docx_text, pdf_text
from tests.story.leak_rules import OWNERS, Part, may_read, names_learnt, opened_to, owners_say, pairs_of, sign
from tests.story.leaks import (
    AVOIDED,
    PARTIES,
    READERS_OF_ALL,
    Market,
    actor,
    client_of,
    open_market,
    read_everything,
    texts_of,
    told,
)

pytestmark = pytest.mark.slow
EVERYBODY = (None, "mallory", "umar", "peter", AVOIDED, *READERS_OF_ALL, *PARTIES)
MEMBERS = ("mallory", "umar", AVOIDED, *READERS_OF_ALL, *PARTIES)
FILES = {f"file_{layer}" for layer in Layer}


@pytest.fixture
def market(settings: Settings, database: Database, cast: Cast) -> Market:
    return open_market(settings, database, cast)


@pytest.fixture
def signed(database: Database, market: Market) -> Market:
    """The market in which all three pairs have mutual interest and a confidentiality agreement."""
    _agree(database, market)
    return market


def _agree(database: Database, market: Market) -> None:
    owners_say(database, market, "interested")
    owners_say(database, market, "interested", ("bob",))
    sign(database, market)


def _own(viewer: str | None) -> set[Part]:
    return {(str(viewer), "person"), (str(viewer), "organization"), (str(viewer), "note")}


def _without_files(parts: Iterable[Part]) -> set[Part]:
    return {part for part in parts if part[1] not in FILES}


def _of(market: Market, database: Database, name: str) -> int:
    with database.read() as session:
        own = Listing.organization_id == market.members[name].organization_id
        return session.scalars(sa.select(Listing.id).where(own).order_by(Listing.id)).first() or 0


def test_forwarded_links_and_their_mails_hold_what_a_visitor_may_read(
    app: Flask, settings: Settings, database: Database, signed: Market
) -> None:
    secret = load_secret_key(settings.data)
    with database.transaction() as session:
        sent = [
            forward(session, actor(session, signed, name), pair, Recipient("王工", f"w{pair}@x.example"), "", secret)
            for name in ("alice", "anna", "amir", "bob")
            for pair in pairs_of(session, signed, name)
            if (name, signed.ids["match_id"].index(pair)) != ("bob", _brokers_pair(session, signed))
        ]
        links = [(row.id, forwarding_path(secret, row.id)) for row in sent]
    assert len(links) == 5
    for (row_id, path), viewer in product(links, EVERYBODY):
        sender, shown = _ends(database, signed, row_id)
        told_by_sender = {(sender, "organization"), (sender, "person"), (sender, "title")}
        open_to_all = {part for part in may_read(None, {}) if part[0] == shown}
        found = signed.owners_of(client_of(app, database, signed, viewer).get(path).text) - _own(viewer)
        if viewer == AVOIDED:
            assert (path, found) == (path, set())
            continue
        assert (viewer, path, found - open_to_all - told_by_sender) == (viewer, path, set())
        assert {(shown, "title"), (shown, "abstract")} <= found
        assert _mailed(database, signed, row_id) <= {(shown, "title"), *told_by_sender}


def _brokers_pair(session: sa.orm.Session, market: Market) -> int:
    return market.ids["match_id"].index(pairs_of(session, market, "amir")[0])


def _ends(database: Database, market: Market, row_id: int) -> tuple[str, str]:
    """Who has forwarded, and whose listing is shown."""
    with database.read() as session:
        row = session.get_one(Forwarding, row_id)
        owners = {market.members[name].organization_id: name for name in PARTIES}
        sides = [owners[side.organization_id] for side in (row.match.need, row.match.achievement)]
        sender = owners[row.organization_id]
        return sender, next(name for name in sides if name != sender)


def _mailed(database: Database, market: Market, row_id: int) -> set[Part]:
    with database.read() as session:
        mail = session.get_one(Forwarding, row_id).mail
        assert mail is not None
        return market.owners_of(f"{mail.subject}{mail.body}{mail.recipient}")


def test_links_of_renewal_and_unsubscribing_show_nobody_more(
    app: Flask, settings: Settings, database: Database, signed: Market
) -> None:
    secret, links = load_secret_key(settings.data), unsubscribe_links(settings)
    with database.transaction() as session:
        listings = [session.get_one(Listing, found) for found in signed.ids["listing_id"]]
        for listing in listings:
            listing.valid_until = today() + timedelta(days=5)
        renewals = {listing.organization_id: renewal_path(secret, listing) for listing in listings}
    for name, viewer in product(PARTIES, EVERYBODY):
        answer = client_of(app, database, signed, viewer).get(renewals[signed.members[name].organization_id])
        assert (viewer, name, answer.status_code == 200) == (viewer, name, viewer == name)
        found = signed.owners_of(answer.text)
        assert (viewer, found - _own(viewer) - ({(name, "title")} if viewer == name else set())) == (viewer, set())
    for name, scope, viewer in product(PARTIES, TOPIC_NAMES, (None, "mallory")):
        path = links.make(signed.members[name].user_id, scope).removeprefix(settings.base_url)
        answer = client_of(app, database, signed, viewer).get(path)
        assert (answer.status_code, signed.owners_of(answer.text)) == (200, set())


@pytest.mark.parametrize("layer", [None, Layer.CONFIDENTIAL])
def test_exports_hold_what_whoever_ordered_them_may_read(
    app: Flask, settings: Settings, database: Database, market: Market, layer: Layer | None
) -> None:
    if layer:
        _agree(database, market)
    jobs: dict[int, str] = {}
    with database.transaction() as session:
        for name, kind, form in product(MEMBERS, ("need", "achievement"), ("xlsx", "csv", "jsonl")):
            for everything in {False, name in {"dave", "erin"}}:
                who = actor(session, market, name)
                jobs[order_export(session, who, kind, form, everything=everything).id] = name
    run_jobs(settings, database)
    held: dict[str, set[Part]] = {name: set() for name in MEMBERS}
    for job_id, name in jobs.items():
        answer = client_of(app, database, market, name).get(f"/exports/{job_id}/file")
        assert answer.status_code == 200
        held[name] |= market.owners_of(texts_of(answer.data))
        answer.close()
        others = client_of(app, database, market, "mallory" if name != "mallory" else "umar")
        assert others.get(f"/exports/{job_id}/file").status_code == 404
    for name in PARTIES:
        own = {part for part in market.tokens if part[0] == name and part[1] not in FILES | {"note", "person"}}
        assert (name, held[name]) == (name, own - {(name, "organization")})
    everything = {part for part in _without_files(market.tokens) if part[1] not in {"note", "person"}}
    assert [held[name] for name in ("dave", "erin")] == [everything, everything]
    assert [held[name] for name in ("mallory", "umar", AVOIDED, "carol")] == [set()] * 4


def test_booklets_hold_what_their_edition_may_hold(app: Flask, database: Database, signed: Market) -> None:
    for viewer, edition in product(("mallory", "bob", AVOIDED, *READERS_OF_ALL), ("public", "internal")):
        client, found = client_of(app, database, signed, viewer), set()
        for kind, form in product(("need", "achievement"), ("docx", "pdf")):
            answer = client.post("/booklets", data={"edition": edition, "format": form, "kind": kind})
            if "attachment" in answer.headers.get("Content-Disposition", ""):
                read = "".join(docx_text(answer.data)) if form == "docx" else pdf_text(answer.data)
                assert read != ""
                found |= signed.owners_of(read)
        reader = viewer if viewer == AVOIDED or edition == "internal" else None
        allowed = _without_files(may_read(reader, {}))
        if edition == "internal" and viewer not in READERS_OF_ALL:
            allowed = set()
        assert (viewer, edition, found) == (viewer, edition, allowed)


def test_hints_of_similar_listings_show_what_whoever_writes_may_read(
    app: Flask, database: Database, signed: Market
) -> None:
    with database.transaction() as session:
        drafts = {
            (name, kind): make_draft(
                session, signed.members[name], kind, title="风电除冰涂料", abstract="风电除冰涂料"
            ).id
            for name, kind in (
                ("mallory", "need"),
                (AVOIDED, "need"),
                ("anna", "need"),
                ("umar", "achievement"),
                ("mallory", "achievement"),
                (AVOIDED, "achievement"),
            )
        }
    shown = {}
    for (viewer, kind), listing_id in drafts.items():
        answer = client_of(app, database, signed, viewer).get(
            f"/listings/{listing_id}/similar", headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        shown[viewer, kind] = signed.owners_of(answer.text) - _own(viewer)
        assert (viewer, shown[viewer, kind] - may_read(viewer, {})) == (viewer, set())
    assert {owner for owner, _ in shown["mallory", "need"]} == {"alice", "anna"}
    assert {owner for owner, _ in shown["umar", "achievement"]} == {"bob"}
    assert [shown[AVOIDED, kind] for kind in ("need", "achievement")] == [set(), set()]


def test_experts_read_the_text_but_not_who_posted_it(app: Flask, database: Database, market: Market) -> None:
    with database.transaction() as session:
        campaign = make_campaign(session, market.members["dave"])
        dave = actor(session, market, "dave")
        expert = invite(session, dave, campaign, market.members["umar"].membership_id)
        for name in OWNERS:
            listing = session.get_one(Listing, _of(market, database, name))
            entry = enter(session, actor(session, market, name), campaign, listing)
            assign(session, dave, campaign, entry, expert.id)
        count = session.scalar(sa.select(sa.func.count()).select_from(Opinion))
    assert count == 3
    judged = {"title", "abstract", "second_title", "second_abstract", "problem", "background", "indicators"}
    for viewer in EVERYBODY:
        pages = read_everything(
            app, database, market, viewer, lambda endpoint: endpoint.startswith(("campaigns.", "screening."))
        )
        found = set().union(*(market.owners_of(text) for text in pages.values())) - _own(viewer)
        if viewer == "umar":
            assert found == {(owner, part) for owner in OWNERS for part in judged}
        else:
            bureau = {(owner, "person") for owner in PARTIES} if viewer in READERS_OF_ALL else set()
            assert (viewer, found - may_read(viewer, {}) - bureau) == (viewer, set())
    with database.read() as session:
        umar = Reading.user_id == market.members["umar"].user_id
        rows = session.execute(sa.select(Reading.listing_id, Reading.layer, Reading.way).where(umar)).all()
        needs = [_of(market, database, name) for name in OWNERS]
        brokers = (_of(market, database, "amir"), "abstract", "screening")
    assert {tuple(row) for row in rows} == {*((need, "matched", "screening") for need in needs), brokers}
    for name in OWNERS:
        text = client_of(app, database, market, name).get(f"/listings/{_of(market, database, name)}/readers").text
        assert ("评审专家" in text, "umar" in text) == (True, False)


def test_digests_alerts_and_robots_tell_what_their_readers_may_read(
    settings: Settings, database: Database, market: Market
) -> None:
    with database.transaction() as session:
        for name in MEMBERS:
            save_paces(session, actor(session, market, name), dict.fromkeys(TOPIC_NAMES, "daily"))
            member = session.get_one(Membership, market.members[name].membership_id)
            session.add(
                SavedSearch(
                    user_id=member.user_id,
                    membership_id=member.id,
                    name="材料",
                    text="",
                    field="materials",
                    shared=True,
                    seen_change=0,
                    created_at=utc_now() - timedelta(days=1),
                )
            )
    engine = Engine(settings)
    while look_for_news(database, engine, utc_now() + timedelta(minutes=1)):
        pass
    engine.close()
    alerts = {name: _alerted(database, market, name) for name in MEMBERS}
    _agree(database, market)
    assert write_digests(database, settings, utc_now() + timedelta(days=2)) == len(MEMBERS)
    for name in MEMBERS:
        layer = Layer.CONFIDENTIAL if name in PARTIES else None
        allowed = may_read(name, opened_to(name, layer)) | names_learnt(name) | _own(name)
        assert (name, market.owners_of(told(database, market, name)) - allowed) == (name, set())
    titles = {name: {owner for owner, part in found if part == "title"} for name, found in alerts.items()}
    assert titles["mallory"] == titles["umar"] == {"alice", "anna", "bob"}
    assert (titles[AVOIDED], titles["carol"]) == (set(), {*PARTIES})
    with database.read() as session:
        digests = session.scalars(sa.select(Mail.body).where(Mail.scope == "daily")).all()
        robots = session.scalars(sa.select(WebhookDelivery.body)).all()
    assert market.owners_of("".join(digests)) != set()
    assert {owner for owner, part in market.owners_of("".join(robots)) if part == "title"} >= {"alice", "anna", "bob"}


def _alerted(database: Database, market: Market, name: str) -> set[Part]:
    with database.read() as session:
        mine = Notice.user_id == market.members[name].user_id, Notice.topic == "search"
        return market.owners_of("".join(session.scalars(sa.select(Notice.body).where(*mine))))
