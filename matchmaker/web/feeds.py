"""What machines read: Atom feeds of public listings, the sitemap, and where crawlers need not go."""

from flask import Blueprint, Response, request, url_for

from matchmaker.domain.listings import ListingKind
from matchmaker.services.feeds import Document, feed, sitemap_index, sitemap_part
from matchmaker.web.access import current_actor, public
from matchmaker.web.database import session
from matchmaker.web.limits import limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("feeds", __name__)

# Personal pages, forms, and searches: the same listings in ever new orders.
CLOSED = (
    "/account",
    "/admin",
    "/calendars",
    "/check-in",
    "/event-invitations",
    "/dashboard",
    "/listings",
    "/login",
    "/matches",
    "/notices",
    "/register",
    "/reset",
)
CLOSED_TOO = ("/review", "/saved-searches", "/search", "/unsubscribe", "/verify")


@blueprint.get("/feeds/<kind:kind>.atom")
@public
@limiter.limit("120 per minute")
def atom(kind: ListingKind) -> Response:
    """The newest of a kind, of one field or region where the address says so."""
    field, region = (request.args.get(name) or None for name in ("field", "region"))
    settings = platform().settings
    found = feed(
        session(),
        kind,
        field=field,
        region=region,
        base_url=settings.base_url,
        city=settings.city,
        apart=current_actor().avoided,
    )
    response = _answer(found, "application/atom+xml")
    response.vary.add("Cookie")
    return response


@blueprint.get("/sitemap.xml")
@public
@limiter.limit("60 per minute")
def sitemap() -> Response:
    """The parts of the sitemap."""
    return _answer(sitemap_index(session(), base_url=platform().settings.base_url), "application/xml")


@blueprint.get("/sitemaps/<int:number>.xml")
@public
@limiter.limit("60 per minute")
def sitemap_of(number: int) -> Response:
    """One part of the sitemap."""
    return _answer(sitemap_part(session(), number, base_url=platform().settings.base_url), "application/xml")


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Where crawlers need not go, and where the sitemap is."""
    closed = "\n".join(f"Disallow: {path}" for path in (*CLOSED, *CLOSED_TOO))
    sitemap_address = platform().settings.base_url + url_for("feeds.sitemap")
    return Response(f"User-agent: *\n{closed}\n\nSitemap: {sitemap_address}\n", mimetype="text/plain")


def _answer(found: Document, mimetype: str) -> Response:
    """Answer with the file, or that the reader has it already: its tag tells, else the moment of the last change."""
    response = Response(found.content, mimetype=mimetype)
    response.add_etag()
    response.last_modified = found.changed_at
    response.make_conditional(request)
    return response
