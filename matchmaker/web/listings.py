"""Listings: what everybody may browse, one's own, one in detail, and beginning a new one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState
from matchmaker.domain.permissions import Actor, can_edit_listing, can_post, can_post_for_client, can_review_listing
from matchmaker.domain.showings import ListKind
from matchmaker.domain.validity import renewed
from matchmaker.services.campaigns.entries import enter
from matchmaker.services.closing import narrower
from matchmaker.services.history import history
from matchmaker.services.identity import ListingFinding
from matchmaker.services.listing_actions import actions
from matchmaker.services.listing_pages import ENDING, my_listings
from matchmaker.services.listings import clients, create_listing, get_listing
from matchmaker.services.match_views import MatchView
from matchmaker.services.matches import can_see_matches_of, own_matches_with
from matchmaker.services.outcomes import outcome_of
from matchmaker.services.ownership import members
from matchmaker.services.projection import project
from matchmaker.services.restoring import returns_published
from matchmaker.services.searching import SearchRequest, search
from matchmaker.services.statistics import figures_of, statistics_of
from matchmaker.services.sub_units import sub_unit_choices
from matchmaker.web.access import current_actor, is_htmx, public, signed_in
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.campaigns.entering import posting_campaign
from matchmaker.web.database import session
from matchmaker.web.forms.listings import raw_of, visible_to_all
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.showings import note_list
from matchmaker.web.timelines import timeline_of
from matchmaker.web.visits import note_visit

blueprint = Blueprint("listings", __name__)

TABS = {
    None: _l("全部"),
    ListingState.DRAFT: _l("草稿"),
    ListingState.CONFIRMING: _l("待客户确认"),
    ListingState.SUBMITTED: _l("待审核"),
    ListingState.RETURNED: _l("退回修改"),
    ListingState.PUBLISHED: _l("已发布"),
    ENDING: _l("即将到期"),
    ListingState.CLOSED: _l("已结束"),
}
FACETS = ("field", "industry", "region", "stage")


@dataclass(frozen=True, slots=True)
class Life:
    """How long a listing stands: its last valid day, the one after a renewal, and how a closed one would come back."""

    valid_until: date | None
    renewed_until: date | None
    days_left: int | None
    returns_published: bool


@blueprint.get("/<kind:kind>")
@public
def browse(kind: ListingKind) -> str:
    """Everything published of one kind, the newest first."""
    chosen = {name: request.args.get(name) or None for name in FACETS}
    asked = replace(SearchRequest(kind=kind, page=page_number()), **chosen)  # type: ignore[arg-type]
    page = search(session(), current_actor(), platform().engine, asked)
    return render_template("listings/browse.html", kind=kind, page=page, args={"kind": kind, **chosen})


@blueprint.get("/listings")
@signed_in
def mine() -> str:
    """What one's organization posted, by state."""
    state, kind = request.args.get("state"), request.args.get("kind")
    state = state if state in TABS else None
    kind = kind if kind in set(ListingKind) else None
    text = request.args.get("q", "")[:100]
    actor, sub_unit = current_actor(), number_of(request.args.get("sub_unit"))
    page = my_listings(session(), actor, state=state, kind=kind, text=text, sub_unit_id=sub_unit, page=page_number())
    shown = [row for row in page.rows if row.published_at]
    return render_template(
        "listings/mine.html",
        page=page,
        figures=figures_of(session(), actor, [row.id for row in shown], kinds={row.kind for row in shown}),
        tabs_of=TABS,
        state=state,
        kind=kind,
        text=text,
        sub_unit=sub_unit,
        sub_units=sub_unit_choices(session(), actor.organization_id) if actor.organization_id else [],
        args={"state": state, "kind": kind, "q": text or None, "sub_unit": sub_unit},
    )


@blueprint.get("/listings/<int:listing_id>")
@public
def follow(listing_id: int) -> Response:
    """Lead to a listing's page from an address that does not say of which kind it is."""
    listing = get_listing(session(), current_actor(), listing_id)
    return redirect(url_for(".detail", kind=listing.kind, listing_id=listing.id), 303)


@blueprint.get("/<kind:kind>/<int:listing_id>")
@public
def detail(kind: ListingKind, listing_id: int) -> str | Response:
    """One listing as the viewer may see it; for those who posted it also what can be done and what was done."""
    listing = get_listing(session(), current_actor(), listing_id)
    if listing.kind != kind:
        return redirect(url_for(".detail", kind=listing.kind, listing_id=listing_id), 301)
    shown = detail_context(listing)
    if listing.is_live and not shown["is_own"]:
        note_visit(listing.id)
    return render_template("listings/detail.html", **shown)


@blueprint.get("/<kind:kind>/new")
@signed_in
def create(kind: ListingKind) -> str:
    """Where posting begins: what it is about, and for a broker, for whom."""
    _check_may_post(kind)
    return _start_page(kind, {})


@blueprint.post("/<kind:kind>/new")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def begin(kind: ListingKind) -> Response | tuple[str, int]:
    """Begin a draft; whatever fields were sent are in it."""
    _check_may_post(kind)
    raw = raw_of(kind, request.form)
    campaign = posting_campaign(kind)
    try:
        listing = create_listing(
            session(), current_actor(), kind, request.form.get("organization_id", type=int), raw=raw
        )
        if campaign is not None:
            enter(session(), current_actor(), campaign, listing)
    except Invalid as error:
        return _start_page(kind, error.errors), 422
    except Conflict as error:
        return _start_page(kind, {}, error), 409
    return redirect(url_for("drafts.edit", listing_id=listing.id), 303)


def detail_context(
    listing: Listing, error: Invalid | None = None, findings: Sequence[ListingFinding] = ()
) -> dict[str, Any]:
    """Return what the page of a listing shows; `error` is of one of the forms on it, which is shown again.

    `findings` are what is to be confirmed before it becomes anonymous.
    """
    actor = current_actor()
    allowed = actions(actor, listing)
    informed = can_edit_listing(actor, listing) or can_review_listing(actor, listing)
    return {
        "listing": listing,
        "view": project(listing, actor),
        "allowed": allowed,
        "is_own": can_edit_listing(actor, listing),
        "timeline": timeline_of(history(session(), actor, listing)) if informed else (),
        "colleagues": members(session(), listing.organization_id) if "hand_over" in allowed else (),
        "narrower": narrower(listing.visibility) if "narrow" in allowed else (),
        "life": _life(listing),
        "outcome": outcome_of(session(), actor, listing),
        "statistics": statistics_of(session(), actor, listing) if _has_statistics(actor, listing) else None,
        "own_matches": _own_matches(actor, listing),
        "error": error,
        "findings": findings,
        "typed": request.form,
    }


def _own_matches(actor: Actor, listing: Listing) -> tuple[MatchView, ...] | None:
    """The pairs of a reader's own listings with this one; None for those who own it, see all pairs, or are nobody."""
    if actor.organization_id is None or can_see_matches_of(actor, listing) or not listing.is_live:
        return None
    found = own_matches_with(session(), actor, listing)
    note_list(ListKind.BESIDE, found, listing_id=listing.id)
    return found


def _has_statistics(actor: Actor, listing: Listing) -> bool:
    return can_edit_listing(actor, listing) and listing.published_at is not None


def _life(listing: Listing) -> Life:
    return Life(
        valid_until=listing.valid_until,
        renewed_until=renewed(listing.valid_until, today()),
        days_left=(listing.valid_until - today()).days if listing.valid_until else None,
        returns_published=returns_published(listing),
    )


def _check_may_post(kind: str) -> None:
    if not can_post(current_actor(), kind):
        raise Forbidden(N_("您当前的身份不能发布这类内容。"))


def _start_page(kind: str, errors: dict[str, str], refusal: Conflict | None = None) -> str:
    actor, text = current_actor(), request.values.get("client", "")[:100]
    is_broker = can_post_for_client(actor)
    found = clients(session(), actor, kind, text) if is_broker else []
    template = "listings/_clients.html" if is_htmx() else "listings/new.html"
    return render_template(
        template,
        kind=kind,
        errors=errors,
        refusal=refusal,
        campaign=posting_campaign(kind),
        typed=request.values,
        is_broker=is_broker,
        clients=found,
        client=text,
        visibilities=codes.table("visibilities"),
        visible=visible_to_all(kind),
    )
