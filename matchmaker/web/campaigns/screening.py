"""Screening as the bureau sees it: experts, what is assigned to whom, the opinions, and the decision."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.campaigns import Campaign, CampaignEntry
from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_review_listing
from matchmaker.domain.screening import DIMENSIONS, RECOMMENDATION_NAMES
from matchmaker.services.campaigns.deciding import reopen as reopen_entry
from matchmaker.services.campaigns.deciding import screen_in, screen_out
from matchmaker.services.campaigns.entries import get_entry
from matchmaker.services.campaigns.experts import (
    RUNNING,
    assign,
    dismiss,
    distribute,
    expert_candidates,
    expert_rows,
    is_judgeable,
)
from matchmaker.services.campaigns.experts import invite as invite_expert
from matchmaker.services.campaigns.following import campaign_entries
from matchmaker.services.campaigns.screening import agreement, judged_revision, text_mark
from matchmaker.services.projection import project
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.campaigns.blueprint import REFUSED, blueprint, load, to
from matchmaker.web.database import session


@blueprint.get("/campaigns/<int:campaign_id>/screening")
@role_required(Role.BUREAU)
def screening(campaign_id: int) -> str:
    """The experts, and what is handed in with its opinions so far."""
    campaign, actor = load(campaign_id), current_actor()
    text = request.args.get("expert", "")[:100]
    return render_template(
        "campaigns/screening.html",
        campaign=campaign,
        experts=expert_rows(session(), actor, campaign),
        candidates=expert_candidates(session(), actor, campaign, text) if campaign.state in RUNNING else (),
        text=text,
        page=campaign_entries(session(), actor, campaign, stage="submitted", page=page_number()),
        names=RECOMMENDATION_NAMES,
        is_running=campaign.state in RUNNING,
    )


@blueprint.post("/campaigns/<int:campaign_id>/experts")
@role_required(Role.BUREAU)
def invite(campaign_id: int) -> Response:
    """Invite an expert."""
    expert = invite_expert(
        session(), current_actor(), load(campaign_id), number_of(request.form.get("membership_id")) or 0
    )
    flash(_("已邀请 %(name)s。", name=expert.user.name), "success")
    return to("screening", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/experts/<int:expert_id>/dismiss")
@role_required(Role.BUREAU)
def release(campaign_id: int, expert_id: int) -> Response:
    """Ask an expert for no more opinions."""
    dismiss(session(), current_actor(), load(campaign_id), expert_id)
    flash(_("已停止向这位专家分配。他没有完成的评审可以重新分配。"), "success")
    return to("screening", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/distribute")
@role_required(Role.BUREAU)
def share_out(campaign_id: int) -> Response:
    """Ask for every opinion that is missing."""
    count = distribute(session(), current_actor(), load(campaign_id))
    if count:
        flash(_("已分配 %(count)s 份评审，专家会收到通知。", count=count), "success")
    else:
        flash(_("没有可以分配的评审：都已分配，或没有可用的专家（需要回避的不分配）。"), "info")
    return to("screening", campaign_id)


@blueprint.get("/campaigns/<int:campaign_id>/screening/<int:entry_id>")
@role_required(Role.BUREAU)
def entry(campaign_id: int, entry_id: int) -> str:
    """One entry with its opinions, and the decision."""
    campaign = load(campaign_id)
    return _entry(campaign, get_entry(session(), campaign, entry_id))


@blueprint.post("/campaigns/<int:campaign_id>/screening/<int:entry_id>/assign")
@role_required(Role.BUREAU)
def ask(campaign_id: int, entry_id: int) -> Response:
    """Ask one expert about one entry."""
    campaign = load(campaign_id)
    found = get_entry(session(), campaign, entry_id)
    assign(session(), current_actor(), campaign, found, number_of(request.form.get("expert_id")) or 0)
    flash(_("已分配，专家会收到通知。"), "success")
    return to("entry", campaign_id, entry_id=entry_id)


@blueprint.post("/campaigns/<int:campaign_id>/screening/<int:entry_id>/keep")
@role_required(Role.BUREAU)
def keep(campaign_id: int, entry_id: int) -> Response | tuple[str, int]:
    """Screen an entry in."""
    campaign = load(campaign_id)
    found, typed = get_entry(session(), campaign, entry_id), request.form
    try:
        screen_in(
            session(),
            current_actor(),
            found,
            typed.get("seen", ""),
            advice=typed.get("advice", ""),
            exception=typed.get("exception", ""),
        )
    except Invalid as error:
        return _entry(campaign, found, error), REFUSED
    flash(_("已入选。待审核的内容已经发布，报送单位会收到通知。"), "success")
    return to("screening", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/screening/<int:entry_id>/drop")
@role_required(Role.BUREAU)
def drop(campaign_id: int, entry_id: int) -> Response | tuple[str, int]:
    """Screen an entry out."""
    campaign = load(campaign_id)
    found, typed = get_entry(session(), campaign, entry_id), request.form
    try:
        screen_out(
            session(),
            current_actor(),
            found,
            typed.get("seen", ""),
            reasons=typed.getlist("reasons"),
            advice=typed.get("advice", ""),
            exception=typed.get("exception", ""),
        )
    except Invalid as error:
        return _entry(campaign, found, error), REFUSED
    flash(_("未入选。报送单位会收到原因和建议，不会知道专家是谁。"), "success")
    return to("screening", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/screening/<int:entry_id>/reopen")
@role_required(Role.BUREAU)
def reopen(campaign_id: int, entry_id: int) -> Response:
    """Take up an entry again that was left out."""
    reopen_entry(session(), current_actor(), get_entry(session(), load(campaign_id), entry_id))
    flash(_("已恢复为待筛选。"), "success")
    return to("entry", campaign_id, entry_id=entry_id)


def _entry(campaign: Campaign, found: CampaignEntry, error: Invalid | None = None) -> str:
    actor, listing = current_actor(), found.listing
    experts = expert_rows(session(), actor, campaign)
    revision = judged_revision(listing)
    is_readable = listing.published_revision_id is not None or listing.state in {"submitted", "returned"}
    asked = {opinion.expert_id for opinion in found.opinions}
    return render_template(
        "campaigns/entry.html",
        campaign=campaign,
        entry=found,
        listing=listing,
        view=project(listing, actor, revision) if is_readable else None,
        seen=text_mark(revision),
        agreement=agreement(found.opinions, campaign.opinions_each),
        names_of=RECOMMENDATION_NAMES,
        dimensions=DIMENSIONS,
        experts={row.id: row for row in experts},
        free=[row for row in experts if row.id not in asked and not row.is_dismissed],
        may_decide=campaign.state in RUNNING and is_judgeable(found) and can_review_listing(actor, listing),
        may_reopen=campaign.state in RUNNING and found.state == "screened_out",
        reasons=codes.table("return_reasons"),
        error=error,
        typed=request.form,
    )
