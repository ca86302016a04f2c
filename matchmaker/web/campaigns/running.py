"""Running campaigns: the bureau's forms and moves."""

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.campaigns import Campaign, CampaignState
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_run_campaigns
from matchmaker.services.campaigns.files import add_file, remove_file, require_file_place
from matchmaker.services.campaigns.finding import get_campaign
from matchmaker.services.campaigns.running import branches, create_campaign, edit_campaign, move_campaign
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.campaigns.blueprint import REFUSED, blueprint, load, to
from matchmaker.web.database import session
from matchmaker.web.forms.campaigns import CallForm
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import received_file

MOVED = {
    CampaignState.OPEN: N_("征集已开始，所有人都能看到通知。"),
    CampaignState.SCREENING: N_("已停止征集，进入评审。"),
    CampaignState.CLOSED: N_("征集活动已结束。"),
    CampaignState.CANCELLED: N_("征集活动已取消，已报送的单位会收到通知。"),
}


@blueprint.get("/campaigns/new")
@role_required(Role.BUREAU)
def new() -> str:
    """The form for a new call."""
    _require_bureau()
    return _form(CallForm(), None)


@blueprint.post("/campaigns/new")
@role_required(Role.BUREAU)
def create() -> Response | tuple[str, int]:
    """Write a new call as a draft."""
    _require_bureau()
    form = CallForm()
    try:
        campaign = create_campaign(session(), current_actor(), form.call(_quotas()))
    except Invalid as error:
        return _form(form, None, error), REFUSED
    flash(_("征集通知已保存为草稿。确认无误后点“开始征集”。"), "success")
    return to("detail", campaign.id)


@blueprint.get("/campaigns/<int:campaign_id>/edit")
@role_required(Role.BUREAU)
def edit(campaign_id: int) -> str:
    """The form of a call."""
    campaign = load(campaign_id)
    _require_bureau()
    return _form(CallForm.of(campaign), campaign)


@blueprint.post("/campaigns/<int:campaign_id>/edit")
@role_required(Role.BUREAU)
def save(campaign_id: int) -> Response | tuple[str, int]:
    """Change a call; what was typed is shown again where it is refused."""
    campaign, form = load(campaign_id), CallForm()
    version = request.form.get("version", 0, type=int)
    try:
        edit_campaign(session(), current_actor(), campaign, form.call(_quotas()), version)
    except Invalid as error:
        return _form(form, campaign, error), REFUSED
    except Conflict as error:
        return _form(form, campaign, error), 409
    flash(_("征集通知已保存。"), "success")
    return to("detail", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/move")
@role_required(Role.BUREAU)
def move(campaign_id: int) -> Response:
    """Open, screen, close or cancel a campaign."""
    campaign, state = load(campaign_id), request.form.get("to", "")
    if state not in MOVED:
        raise Invalid(N_("请选择要进行的操作。"))
    move_campaign(session(), current_actor(), campaign, state, request.form.get("reason", ""))
    flash(_(MOVED[CampaignState(state)]), "success")
    return to("detail", campaign_id)


@blueprint.post("/campaigns/<int:campaign_id>/files")
@role_required(Role.BUREAU)
@limiter.limit("60/hour", key_func=by_person)
def attach(campaign_id: int) -> Response:
    """Take in one file of the call. It is checked and stored before the database is locked for its row."""
    actor = current_actor()
    with platform().database.read() as reading:
        require_file_place(reading, actor, get_campaign(reading, actor, campaign_id))
    stored = received_file()
    add_file(session(), actor, load(campaign_id), stored)
    flash(_("附件已上传。"), "success")
    return to("detail", campaign_id, _anchor="files")


@blueprint.post("/campaign-files/<int:file_id>/delete")
@role_required(Role.BUREAU)
def detach(file_id: int) -> Response:
    """Take a file of the call away."""
    campaign = remove_file(session(), current_actor(), file_id)
    flash(_("附件已删除。"), "success")
    return to("detail", campaign.id, _anchor="files")


def _require_bureau() -> None:
    if not can_run_campaigns(current_actor()):
        raise Forbidden(N_("征集活动由科技局组织。"))


def _quotas() -> dict[int, str]:
    return {branch.id: request.form.get(f"quota-{branch.id}", "") for branch in branches(session())}


def _form(form: CallForm, campaign: Campaign | None, error: Invalid | Conflict | None = None) -> str:
    if error is not None:
        form.show(error)
    standing = {quota.branch_id: str(quota.target) for quota in campaign.quotas} if campaign else {}
    return render_template(
        "campaigns/edit.html",
        form=form,
        campaign=campaign,
        branches=branches(session()),
        quotas=_quotas() if request.method == "POST" else standing,
        faults=error.errors if isinstance(error, Invalid) else {},
        version=request.form.get("version", campaign.version if campaign else 1, type=int),
        cancel=url_for("campaigns.detail", campaign_id=campaign.id) if campaign else url_for("campaigns.index"),
    )
