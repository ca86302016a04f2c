"""Following a campaign: the table per branch, the rows behind its numbers, late entries, reminders."""

import io

from flask import Response as FileResponse
from flask import flash, render_template, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_run_campaigns
from matchmaker.services.campaigns.entries import LATE_STATES, add_late
from matchmaker.services.campaigns.finding import card_of
from matchmaker.services.campaigns.following import STAGES, campaign_entries, campaign_progress
from matchmaker.services.campaigns.reminders import remind as remind_all
from matchmaker.services.campaigns.sheet import LIGHT_NAMES, STAGE_NAMES, progress_xlsx
from matchmaker.services.listings import get_listing
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.campaigns.blueprint import REFUSED, blueprint, load, to
from matchmaker.web.database import session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIGHTS = {"done": "success", "on_way": "success", "behind": "warning", "far_behind": "danger", "none": "neutral"}
TABS = {"collected": _l("全部"), **{stage: name for stage, name in STAGE_NAMES.items() if stage != "collected"}}


@blueprint.get("/campaigns/<int:campaign_id>/progress")
@role_required(Role.BUREAU, Role.ADMIN)
def progress(campaign_id: int) -> str:
    """The table and the chart."""
    campaign = load(campaign_id)
    return render_template(
        "campaigns/progress.html",
        campaign=campaign,
        card=card_of(session(), campaign),
        progress=campaign_progress(session(), current_actor(), campaign),
        stages=STAGE_NAMES,
        lights=LIGHTS,
        light_names=LIGHT_NAMES,
    )


@blueprint.get("/campaigns/<int:campaign_id>/progress-sheet")
@role_required(Role.BUREAU, Role.ADMIN)
def sheet(campaign_id: int) -> FileResponse:
    """The table as a spreadsheet."""
    campaign = load(campaign_id)
    written = progress_xlsx(campaign, campaign_progress(session(), current_actor(), campaign))
    name = _("征集进度_%(title)s.xlsx", title=campaign.title)
    return send_file(io.BytesIO(written), mimetype=XLSX, as_attachment=True, download_name=name)


@blueprint.get("/campaigns/<int:campaign_id>/entries")
@role_required(Role.BUREAU, Role.ADMIN)
def entries(campaign_id: int) -> str:
    """The rows behind one number."""
    return _entries(campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/late")
@role_required(Role.BUREAU)
def late(campaign_id: int) -> Response | tuple[str, int]:
    """Let something in after the deadline."""
    campaign = load(campaign_id)
    try:
        add_late(session(), current_actor(), campaign, _named_listing(), request.form.get("reason", ""))
    except Invalid as error:
        return _entries(campaign_id, error), REFUSED
    flash(_("已补录。"), "success")
    return to("entries", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/remind")
@role_required(Role.BUREAU)
def remind(campaign_id: int) -> Response:
    """Remind branches short of their quota and organizations with drafts."""
    count = remind_all(session(), current_actor(), load(campaign_id))
    flash(_("已提醒 %(count)s 项：未完成任务的分中心和还有草稿的单位。", count=count), "success")
    return to("progress", campaign_id)


def _named_listing() -> Listing | None:
    """Return the listing whose number, or whose address, was typed, as far as the actor may know of it."""
    digits = request.form.get("listing_id", "").strip().rstrip("/").rpartition("/")[2]
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        return None
    try:
        return get_listing(session(), current_actor(), int(digits))
    except (NotFound, Forbidden):
        return None


def _entries(campaign_id: int, error: Invalid | None = None) -> str:
    campaign, actor = load(campaign_id), current_actor()
    stage = request.args.get("stage", "collected")
    stage = stage if stage in STAGES else "collected"
    branch = number_of(request.args.get("branch"))
    page = campaign_entries(session(), actor, campaign, stage=stage, branch_id=branch, page=page_number())
    table = campaign_progress(session(), actor, campaign)
    return render_template(
        "campaigns/entries.html",
        campaign=campaign,
        page=page,
        stage=stage,
        tabs_of=TABS,
        table=table,
        branch=next((row for row in table.rows if row.id == branch), None) if branch is not None else None,
        may_add_late=can_run_campaigns(actor) and campaign.state in LATE_STATES,
        error=error,
        typed=request.form,
    )
