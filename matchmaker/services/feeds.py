"""Feeds and sitemap of what everybody may read: made from the public projection, as a visitor sees it."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as Xml

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.permissions import Actor
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project
from matchmaker.services.readable import readable
from matchmaker.services.searching import SearchRequest, newest

ENTRIES = 50
# The protocol's own limit of addresses in one file (sitemaps.org).
PART = 50_000
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES = ("/", "/needs", "/achievements", "/about")
TITLES = {ListingKind.NEED: N_("技术需求"), ListingKind.ACHIEVEMENT: N_("科技成果")}
VISITOR = Actor.anonymous()
# Characters that XML 1.0 cannot hold, however they are written.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """One XML file, and the last change that can have altered it."""

    content: bytes
    changed_at: datetime


def feed(
    session: Session,
    kind: ListingKind,
    *,
    field: str | None,
    region: str | None,
    base_url: str,
    city: str,
    apart: frozenset[int] = frozenset(),
) -> Document:
    """Return the newest public listings of a kind as an Atom feed (RFC 4287), of one field or region where given.

    `apart` are organizations that whoever reads it in his log-in is kept apart from.

    Raises:
        NotFound: there is no such field or region.
    """
    names = [codes.table(table).name(code) for table, code in _chosen(field, region)]
    asked = SearchRequest(kind=kind, field=field, region=region)
    reader = replace(VISITOR, avoided=apart)
    rows = newest(session, reader, asked, ENTRIES)
    address = _with_query(f"{base_url}/feeds/{kind}s.atom", field=field, region=region)
    root = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _add(root, "id", address)
    _add(root, "title", " · ".join((f"{city}{TITLES[kind]}", *names)))
    _add(root, "updated", _moment(max((_updated(row) for row in rows), default=BEGINNING)))
    Xml.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    page = _with_query(f"{base_url}/{kind}s", field=field, region=region)
    Xml.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    _add(root, "generator", "matchmaker")
    for row in rows:
        _entry(root, row, project(row, reader), base_url)
    return Document(_written(root), _changed_at(session))


def sitemap_index(session: Session, *, base_url: str) -> Document:
    """Return the list of the sitemap's parts: one of pages, and one for every so many ids of listings."""
    root = Xml.Element("sitemapindex", {"xmlns": SITEMAP})
    for number in range(_parts(session) + 1):
        _add(Xml.SubElement(root, "sitemap"), "loc", f"{base_url}/sitemaps/{number}.xml")
    return Document(_written(root), _changed_at(session))


def sitemap_part(session: Session, number: int, *, base_url: str) -> Document:
    """Return one part: 0 holds the pages, n the public listings with the n-th `PART` ids.

    Raises:
        NotFound: there is no such part.
    """
    if number > _parts(session):
        raise NotFound(N_("没有这一部分网站地图。"))
    root = Xml.Element("urlset", {"xmlns": SITEMAP})
    for path in PAGES if number == 0 else ():
        _add(Xml.SubElement(root, "url"), "loc", base_url + path)
    if number > 0:
        for kind, listing_id, updated in _addresses(session, number):
            url = Xml.SubElement(root, "url")
            _add(url, "loc", f"{base_url}/{kind}s/{listing_id}")
            _add(url, "lastmod", _moment(updated))
    return Document(_written(root), _changed_at(session))


def _entry(root: Xml.Element, row: Listing, view: ListingView, base_url: str) -> None:
    link = f"{base_url}/{view.kind}s/{view.id}"
    published = row.published_at or _updated(row)
    entry = Xml.SubElement(root, "entry")
    _add(entry, "id", _tag(base_url, view))
    _add(entry, "title", view.title)
    _add(entry, "updated", _moment(_updated(row)))
    _add(entry, "published", _moment(published))
    Xml.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": link})
    _add(Xml.SubElement(entry, "author"), "name", view.organization_name)
    if view.field:
        name = codes.table("contract_fields").name(view.field)
        Xml.SubElement(entry, "category", {"term": view.field, "label": name})
    _add(entry, "summary", view.abstract or view.text)


def _tag(base_url: str, view: ListingView) -> str:
    """An id that never changes, whatever the listing's address becomes (RFC 4151)."""
    return f"tag:{urlsplit(base_url).hostname},2026:{view.kind}/{view.id}"


def _updated(row: Listing) -> datetime:
    return row.current.reviewed_at or row.published_at or row.created_at


def _chosen(field: str | None, region: str | None) -> Iterator[tuple[str, str]]:
    for table, code in (("contract_fields", field), ("regions", region)):
        if code is not None:
            if code not in codes.table(table):
                raise NotFound(N_("没有这个订阅源，请检查领域或地区。"))
            yield table, code


def _public() -> tuple[sa.ColumnElement[bool], ...]:
    return on_market(), readable(VISITOR)


def _parts(session: Session) -> int:
    return math.ceil((session.scalar(sa.select(sa.func.max(Listing.id)).where(*_public())) or 0) / PART)


def _addresses(session: Session, number: int) -> Iterator[tuple[str, int, datetime]]:
    rows = session.execute(
        sa.select(Listing.kind, Listing.id, sa.func.coalesce(Revision.reviewed_at, Listing.published_at))
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(*_public(), Listing.id > (number - 1) * PART, Listing.id <= number * PART)
        .order_by(Listing.id)
    )
    return ((kind, listing_id, updated) for kind, listing_id, updated in rows)


def _changed_at(session: Session) -> datetime:
    """The moment of the last change of any listing: whatever is published, edited or withdrawn is in the log."""
    newest_change = session.scalar(sa.select(sa.func.max(IndexChange.at)))
    return (newest_change or BEGINNING).replace(microsecond=0)


def _with_query(address: str, **values: str | None) -> str:
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{address}?{query}" if query else address


def _add(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = _UNWRITABLE.sub("", text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(root: Xml.Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode").encode()
