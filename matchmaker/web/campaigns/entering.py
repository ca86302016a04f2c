"""Entering something in a campaign."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.campaigns import Campaign
from matchmaker.domain.errors import NotFound
from matchmaker.services.campaigns.entries import candidates, enter, get_entry, leave, require_open
from matchmaker.services.campaigns.finding import get_campaign
from matchmaker.services.listings import get_own_listing
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.campaigns.blueprint import blueprint, load, to
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter


@blueprint.get("/campaigns/<int:campaign_id>/enter")
@signed_in
def choose(campaign_id: int) -> str:
    """What one has posted already and could enter."""
    campaign = load(campaign_id)
    require_open(campaign)
    found = candidates(session(), current_actor(), campaign)
    return render_template("campaigns/enter.html", campaign=campaign, candidates=found)


@blueprint.post("/campaigns/<int:campaign_id>/enter")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def add(campaign_id: int) -> Response:
    """Enter one of one's own listings."""
    campaign = load(campaign_id)
    listing = get_own_listing(session(), current_actor(), number_of(request.form.get("listing_id")) or 0)
    enter(session(), current_actor(), campaign, listing)
    flash(_("已报送到《%(title)s》。草稿请在截止前提交。", title=campaign.title), "success")
    return to("detail", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/entries/<int:entry_id>/leave")
@signed_in
def take_back(campaign_id: int, entry_id: int) -> Response:
    """Take one's own listing out of a campaign."""
    entry = get_entry(session(), load(campaign_id), entry_id)
    get_own_listing(session(), current_actor(), entry.listing_id)
    leave(session(), current_actor(), entry)
    flash(_("已撤回报送。内容仍在“我的发布”中。"), "success")
    return redirect(url_for("campaigns.detail", campaign_id=campaign_id), 303)


def posting_campaign(kind: str) -> Campaign | None:
    """Return the campaign that a listing is begun for (`?campaign=`, or the form's field), where there is one."""
    try:
        campaign = get_campaign(session(), current_actor(), number_of(request.values.get("campaign")) or 0)
    except NotFound:
        return None
    return campaign if campaign.kind == kind else None
