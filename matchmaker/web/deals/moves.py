"""Moving a deal: to another state, to sleep and back, to its next step, to a value."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.services.deals import move_deal, plan_deal
from matchmaker.services.deals.details import describe_deal
from matchmaker.services.deals.sleeping import sleep_deal, wake_deal
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint, to_deal
from matchmaker.web.deals.pages import shown_again
from matchmaker.web.limits import by_person, limiter

Answer = Response | tuple[str, int]


@blueprint.post("/deals/<int:deal_id>/move")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def move(deal_id: int) -> Answer:
    """Take it to another state."""
    form, to = request.form, request.form.get("to", "")
    words = {"reason": form.get("reason", ""), "note": form.get("note", "")}
    try:
        move_deal(session(), current_actor(), deal_id, to, version=_version(), **words)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("已更新进展。"))


@blueprint.post("/deals/<int:deal_id>/sleep")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def sleep(deal_id: int) -> Answer:
    """Let it rest until a day."""
    form = request.form
    words = {"wakes_on": form.get("wakes_on", ""), "note": form.get("note", "")}
    try:
        sleep_deal(session(), current_actor(), deal_id, version=_version(), **words)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("项目已休眠，到期会自动唤醒并通知负责人。"))


@blueprint.post("/deals/<int:deal_id>/wake")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def wake(deal_id: int) -> Answer:
    """Wake it before its day."""
    try:
        wake_deal(session(), current_actor(), deal_id, version=_version())
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("项目已唤醒。"))


@blueprint.post("/deals/<int:deal_id>/plan")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def plan(deal_id: int) -> Answer:
    """Say what comes next."""
    form = request.form
    step = {"next_step": form.get("next_step", ""), "next_step_on": form.get("next_step_on", "")}
    doer_id = form.get("doer_id")
    try:
        plan_deal(session(), current_actor(), deal_id, version=_version(), doer_id=doer_id, **step)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("已记下下一步。"))


@blueprint.post("/deals/<int:deal_id>/details")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def describe(deal_id: int) -> Answer:
    """Say what it is hoped to be worth, and its field."""
    form = request.form
    details = {"value_expected": form.get("value_expected", ""), "field": form.get("field", "")}
    try:
        describe_deal(session(), current_actor(), deal_id, version=_version(), **details)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("已保存。"))


def _version() -> int:
    return number_of(request.form.get("version")) or 0
