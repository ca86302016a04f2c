"""Judges as the organiser has them: inviting, dismissing, how far they are."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.services.roadshows.judges import dismiss_judge, invite_judge, judge_candidates, judge_rows
from matchmaker.services.roadshows.loading import is_worked_on
from matchmaker.services.roadshows.programme import programme_of
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.roadshows.blueprint import blueprint, load_run, to


@blueprint.get("/events/<int:event_id>/judges")
@signed_in
def judges(event_id: int) -> str:
    """The judges, their progress, and whom else to invite."""
    event, actor = load_run(event_id), current_actor()
    text = request.args.get("judge", "")
    return render_template(
        "roadshows/judges.html",
        event=event,
        rows=judge_rows(session(), actor, event),
        titles={pitch.id: pitch.title for pitch in programme_of(session(), actor, event).pitches},
        candidates=judge_candidates(session(), actor, event, text) if is_worked_on(event) else [],
        may_change=is_worked_on(event),
        text=text,
    )


@blueprint.post("/events/<int:event_id>/judges")
@signed_in
def invite(event_id: int) -> Response:
    """Invite somebody."""
    event = load_run(event_id)
    invite_judge(session(), current_actor(), event, number_of(request.form.get("membership_id")) or 0)
    flash(_("已邀请，评委会收到通知。"), "success")
    return to("judges", event_id)


@blueprint.post("/events/<int:event_id>/judges/<int:judge_id>/dismiss")
@signed_in
def dismiss(event_id: int, judge_id: int) -> Response:
    """Ask somebody to judge no more."""
    dismiss_judge(session(), current_actor(), load_run(event_id), judge_id)
    flash(_("已取消评委。他签过名的评分表仍然计入，没有签名的已删除。"), "success")
    return to("judges", event_id)
