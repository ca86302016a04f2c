"""A market in which everything that is hidden carries a word of its own, so that a leak is found by searching for it.

Four listings: needs of three enterprises (public, anonymous, for brokers only) and one anonymous achievement, all
paired. Each field, file, name and note holds one unguessable token of one layer.
"""

import io
import random
import re
import string
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import product

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_login import FlaskLoginClient
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from matchmaker.config import Settings
from matchmaker.domain.base import Base, Database
from matchmaker.domain.evidence import Evidence
from matchmaker.domain.fields import Layer
from matchmaker.domain.layers import up_to
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, Organization, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.webhooks import TOPICS, Webhook, WebhookDelivery
from matchmaker.services.actors import actor_of
from matchmaker.services.attachments import add_attachment
from matchmaker.services.avoidances import avoid
from matchmaker.services.engine import Engine
from matchmaker.services.evidence import EvidenceMaker, want_evidence
from matchmaker.services.review import publish
from matchmaker.services.revisions import save_draft
from matchmaker.services.submission import submit
from matchmaker.services.uploads import store_upload
from tests.cast import Cast, Member, make_member, make_organization
from tests.drafts import make_draft
from tests.pairs import pair
from tests.working import work

READERS_OF_ALL = ("carol", "dave", "erin")
PARTIES = ("alice", "anna", "amir", "bob")
OUTSIDERS = (None, "mallory", "umar", "peter")
AVOIDED = "omar"
NONE: frozenset[Layer] = frozenset()

# Whose listing it is, its visibility, the layer of each part that holds a token, and what its owner closed himself.
OPEN, CLOSED = Layer.ABSTRACT, Layer.MATCHED
SUMMARY = {"title": OPEN, "abstract": OPEN, "second_title": OPEN, "second_abstract": OPEN}
NEED_PARTS = SUMMARY | {"problem": CLOSED, "contact_name": CLOSED}
NEED_CHOICES = {"tried": Layer.CONFIDENTIAL, "solver_conditions": Layer.INSIDE}
FILES = {f"file_{layer}": layer for layer in Layer}


@dataclass(frozen=True, slots=True)
class Plan:
    """One listing of this market."""

    owner: str
    kind: str
    visibility: str
    parts: dict[str, Layer]
    choices: dict[str, Layer]

    @property
    def layers(self) -> dict[str, Layer]:
        """The layer of each token: of fields, files, and the name of the organization."""
        named = OPEN if self.visibility == "public" else CLOSED
        return {**self.parts, **self.choices, **FILES, "organization": named}


PLANS = (
    Plan("alice", "need", "public", NEED_PARTS | {"background": OPEN}, NEED_CHOICES | {"problem": CLOSED}),
    Plan("anna", "need", "anonymous", NEED_PARTS | {"background": CLOSED}, NEED_CHOICES),
    Plan("amir", "need", "brokers", NEED_PARTS | {"background": CLOSED}, NEED_CHOICES),
    Plan(
        "bob",
        "achievement",
        "anonymous",
        SUMMARY | {"description": CLOSED, "contact_name": CLOSED},
        {"advantages": Layer.CONFIDENTIAL, "applications": Layer.INSIDE},
    ),
)


@dataclass
class Market:
    """The written market: who is in it, the token of each part, and ids by the name of the argument of a route."""

    members: dict[str, Member]
    tokens: dict[tuple[str, str], str]
    ids: dict[str, list[int]] = field(default_factory=dict)

    def owners_of(self, texts: str) -> set[tuple[str, str]]:
        """Return the parts whose tokens occur in a text."""
        return {part for part, token in self.tokens.items() if token in texts}


# What a route's text arguments are filled with, where an "x" would find nothing: one line for a route added later.
WORDS: dict[str, str] = {}
# Which of several addresses of a route to read, where its plain one shows little.
QUERIES = {
    "matches.index": ("", "?grade=0&decided=all"),
    "matches.of_listing": ("?grade=0&decided=all",),
    "search.index": ("", "?q=风电", "?kind=need&region=650100"),
    "triage.index": ("", "?grade=0&decided=all"),
    "triage.export": ("", "?grade=0&decided=all"),
    **dict.fromkeys(("match_reports.show", "match_reports.download"), ("?for=both", "?for=need", "?for=achievement")),
    "matches.propose_form": ("", "?need_q=风电&achievement_q=涂料"),
}
# Log-outs and the like have no place among what is read; static files are the same for all.
LEFT_OUT = frozenset({"static"})


def make_market(session: Session, cast: Cast, settings: Settings) -> Market:
    """Write the people, listings, files and avoid lists; the caller commits and lets the worker match."""
    chance = random.Random(20261126)
    tokens: dict[tuple[str, str], str] = {}

    def token(owner: str, part: str) -> str:
        tokens[owner, part] = "zq" + "".join(chance.choices(string.ascii_lowercase, k=14))
        return tokens[owner, part]

    members = {name: cast[name] for name in ("alice", "bob", "carol", "dave", "erin", "mallory", "peter")}
    for name in ("anna", "amir", "omar"):
        members[name] = _join(session, name, "enterprise", Role.ENTERPRISE)
    members["umar"] = _join(session, "umar", "university", Role.UNIVERSITY)
    for name in PARTIES:
        _rename(session, members[name], token(name, "organization"), token(name, "person"))
    for plan in PLANS:
        _post(session, members[plan.owner], plan, token, settings, members["dave"])
    for name in ("alice", "anna", "amir", "bob"):
        avoid(session, members[name].actor, name=members["omar"].organization_name, kind="rival")
    for name, kind in (("umar", "achievement"), ("omar", "achievement"), ("mallory", "need")):
        listing = make_draft(session, members[name], kind, title=f"{name}的风电除冰涂料")
        _hand_in(session, members[name], listing, members["dave"])
    token("carol", "note")
    token("alice", "note")
    session.add_all(_robot(member) for member in members.values())
    return Market(members, tokens)


def open_market(settings: Settings, database: Database, cast: Cast, *, quick: bool = False) -> Market:
    """Write the market, match everything, and note the ids of the four listings and what hangs on them.

    `quick` pairs them by hand instead of by the worker, and nothing is found by words.
    """
    with database.transaction() as session:
        market = make_market(session, cast, settings)
        if quick:
            _pair(session, market)
    if quick:
        _compare(settings, database)
    else:
        work(settings, database)
    with database.read() as session:
        owners = [market.members[name].organization_id for name in PARTIES]
        listings = list(session.scalars(sa.select(Listing.id).where(Listing.organization_id.in_(owners))))
        mine = Match.need_id.in_(listings), Match.achievement_id.in_(listings)
        market.ids = {
            "listing_id": listings,
            "match_id": list(session.scalars(sa.select(Match.id).where(*mine))),
            "organization_id": owners,
            "user_id": [market.members[name].user_id for name in PARTIES],
        }
    return market


def readable_layers(viewer: str | None, plan: Plan, opened: Layer | None) -> frozenset[Layer]:
    """Return the layers of a listing that a viewer may read; `opened` is the strictest opened to him by its owner."""
    if viewer in (*READERS_OF_ALL, plan.owner):
        return frozenset(Layer)
    if viewer == AVOIDED:
        return NONE
    if plan.visibility == "brokers":
        return NONE if opened is None else up_to(opened)
    return up_to(opened or Layer.ABSTRACT)


def client_of(app: Flask, database: Database, market: Market, viewer: str | None) -> FlaskClient:
    """Return a browser in which the viewer is logged in."""
    from matchmaker.web.login import SessionUser

    app.test_client_class = FlaskLoginClient
    if viewer is None:
        return app.test_client()
    member = market.members[viewer]
    with database.read() as reading:
        version = reading.get_one(User, member.user_id).credentials_version
    return app.test_client(user=SessionUser(member.user_id, version, member.membership_id))


def actor(session: Session, market: Market, viewer: str) -> Actor:
    """Return the viewer as he is now, with what was opened to him."""
    return actor_of(session, session.get_one(Membership, market.members[viewer].membership_id))


def read_everything(
    app: Flask, database: Database, market: Market, viewer: str | None, wanted: Callable[[str], bool] = lambda _: True
) -> dict[str, str]:
    """Return the text of every page, file, feed and export that the viewer gets, by its address."""
    client = client_of(app, database, market, viewer)
    addresses = {
        address for rule in app.url_map.iter_rules() for address in _addresses(app, rule, market, database, wanted)
    }
    found = {}
    for address in sorted(addresses):
        answer = client.get(address)
        assert answer.status_code < 500, f"{viewer}: {address} answers {answer.status_code}"
        found[address] = texts_of(answer.data) + "".join(f"\n{name}: {value}" for name, value in answer.headers)
        answer.close()
    return found


def told(database: Database, market: Market, viewer: str) -> str:
    """Return all mails and notices that were written to the viewer, and all messages to his organization's robots."""
    member = market.members[viewer]
    with database.read() as session:
        rows: list[Base] = [
            row
            for table in (Mail, Notice)
            for row in session.scalars(sa.select(table).where(table.user_id == member.user_id))
        ]
        robots = sa.select(Webhook.id).where(Webhook.organization_id == member.organization_id)
        rows += session.scalars(sa.select(WebhookDelivery).where(WebhookDelivery.webhook_id.in_(robots)))
        return "\n".join(
            str({column.key: getattr(row, column.key) for column in row.__table__.columns}) for row in rows
        )


def texts_of(data: bytes) -> str:
    """Return everything readable in an answer: the members of office files, the streams of a PDF, else the text."""
    parts = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
    elif data.startswith(b"%PDF"):
        parts.append(_typeset(data))
        parts += [_inflated(stream) for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)]
    return "\n".join(part.decode("utf-8", "replace") for part in parts)


def _typeset(data: bytes) -> bytes:
    """The text of a real PDF, whose letters are numbers of a font; nothing of a file that only begins like one."""
    with suppress(PyPdfError):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).encode()
    return b""


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream


def _addresses(
    app: Flask, rule: Rule, market: Market, database: Database, wanted: Callable[[str], bool]
) -> Iterator[str]:
    if "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT or not wanted(rule.endpoint):
        return
    names = sorted(rule.arguments)
    for values in product(*(_values(rule, name, market, database) for name in names)):
        path = app.url_map.bind("localhost").build(rule.endpoint, dict(zip(names, values, strict=True)))
        for query in QUERIES.get(rule.endpoint, ("",)):
            yield path + query


def _values(rule: Rule, name: str, market: Market, database: Database) -> list[object]:
    converter = type(rule._converters[name]).__name__
    if converter == "KindConverter":
        return list(ListingKind)
    if converter == "IdConverter":
        return list(market.ids[name] if name in market.ids else _all_ids(name, database))
    return [WORDS.get(name, "x")]


def _all_ids(name: str, database: Database) -> list[int]:
    """Return the ids of every row of the table that an argument such as `agreement_id` names; 1 for another number."""
    if not name.endswith("_id"):
        return [1]
    noun = name.removesuffix("_id")
    plurals = (f"{noun}s", f"{noun}es", noun.removesuffix("y") + "ies", noun)
    named = [
        table for table in Base.metadata.sorted_tables if f"_{table.name}".endswith(tuple(f"_{p}" for p in plurals))
    ]
    table = min(named, key=lambda table: len(table.name), default=None)
    assert table is not None, f"say in Market.ids which ids {name} stands for"
    with database.read() as session:
        return list(session.scalars(sa.select(table.c.id)))


def _pair(session: Session, market: Market) -> None:
    def posted(name: str) -> Listing:
        own = Listing.organization_id == market.members[name].organization_id
        return session.scalars(sa.select(Listing).where(own)).one()

    for name in ("alice", "anna", "amir"):
        pair(session, posted(name), posted("bob"))


def _robot(member: Member) -> Webhook:
    about = {"name": "群", "robot": "wecom", "address": "https://robot.example/", "topics": list(TOPICS)}
    return Webhook(organization_id=member.organization_id, **about)


def _compare(settings: Settings, database: Database) -> None:
    """Let the worker compare all pairs sentence by sentence."""
    with database.transaction() as session:
        for match_id in session.scalars(sa.select(Match.id)):
            want_evidence(session, match_id)
    maker = EvidenceMaker(database, Engine(settings), "leaks/1/a")
    while maker.step():
        pass


def compared_fields(database: Database) -> set[str]:
    """Return the fields of which the worker has stored places of sentences for anybody, whoever may see them."""
    with database.read() as session:
        contents = session.scalars(sa.select(Evidence.content).where(Evidence.content.is_not(None)))
        return {place[0] for content in contents for side in ("need", "achievement") for place in (content or {})[side]}


def _join(session: Session, name: str, kind: str, role: Role) -> Member:
    organization = make_organization(session, kind, f"{name}试验有限公司")
    return make_member(session, organization, name, f"{name}某", role, is_owner=True)


def _rename(session: Session, member: Member, organization: str, person: str) -> None:
    session.get_one(Organization, member.organization_id).name = f"风电{organization}公司"
    session.get_one(User, member.user_id).name = f"某{person}"
    session.flush()


def _post(
    session: Session, owner: Member, plan: Plan, token: Callable[[str, str], str], settings: Settings, desk: Member
) -> None:
    named = replace(owner.actor, name="", organization_name="")
    texts = {part: f"风电除冰涂料 {token(plan.owner, part)} 的研究" for part in {**plan.parts, **plan.choices}}
    texts |= {"second_language": "en", "region": "650104", "visibility": plan.visibility}
    indicators = [{"name": f"指标{token(plan.owner, 'indicators')}", "comparator": "le", "value": "30", "unit": "kPa"}]
    listing = make_draft(session, owner, plan.kind, indicators=indicators, **texts)
    chosen = {name: str(layer) for name, layer in plan.choices.items()} | {"indicators": str(Layer.MATCHED)}
    save_draft(session, named, listing, {}, listing.working_revision.version, layers=chosen)
    for part, layer in FILES.items():
        content = io.BytesIO(b"%PDF-1.7\n" + token(plan.owner, part).encode() + b" " * 300)
        stored = store_upload(settings.data, f"{layer}.pdf", content, settings.max_upload_bytes)
        add_attachment(session, named, listing, stored, layer)
    _hand_in(session, owner, listing, desk)


def _hand_in(session: Session, owner: Member, listing: Listing, desk: Member) -> None:
    submit(session, owner.actor, listing, listing.working_revision.version, declared=True)
    publish(session, desk.actor, listing, listing.working_revision.version)
