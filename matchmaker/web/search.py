"""The search page: typed words or a plain look through everything, narrowed by facets."""

from typing import Any

from flask import Blueprint, render_template, request

from matchmaker.domain import codes
from matchmaker.domain.listings import ListingKind
from matchmaker.services.searching import SearchRequest, search
from matchmaker.web.access import current_actor, is_htmx, public
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("search", __name__)

MAX_TYPED = 500
TABLES = {
    "field": "contract_fields",
    "industry": "industries",
    "region": "regions",
    "stage": "achievement_stages",
}


@blueprint.get("/search")
@public
@limiter.limit("120/minute", key_func=by_person)
def index() -> str:
    """Results with facets; htmx asks for the part below the query box only. Every address can be kept and shared."""
    wanted = _request()
    page = search(session(), current_actor(), platform().engine, wanted)
    template = "search/_results.html" if is_htmx() else "search/index.html"
    return render_template(template, page=page, args=_arguments(wanted), tables=TABLES)


def _request() -> SearchRequest:
    """Read the address; whatever is unknown narrows nothing, and what is too long is cut."""
    kind = request.args.get("kind")
    chosen = {name: value for name, table in TABLES.items() if (value := request.args.get(name)) in codes.table(table)}
    return SearchRequest(
        text=request.args.get("q", "").replace("\x00", "").strip()[:MAX_TYPED],
        kind=kind if kind in set(ListingKind) else None,
        page=page_number(),
        **chosen,
    )


def _arguments(wanted: SearchRequest) -> dict[str, Any]:
    return {"q": wanted.text or None, **wanted.chosen()}
