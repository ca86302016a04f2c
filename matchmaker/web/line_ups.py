"""A roadshow's line-up: having one proposed, seeing what each pick adds, putting picks on the programme."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.services.events.line_up import (
    PER_OWNER,
    PLACES,
    Wanted,
    can_propose,
    chosen_by_hand,
    last_line_up,
    order_line_up,
    view_line_up,
    wanted_of,
)
from matchmaker.services.events.loading import load_run_event
from matchmaker.services.jobs import view_job
from matchmaker.services.roadshows.pitches import PitchPlan, add_pitch
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("line_ups", __name__)

REFUSED, OVERTAKEN = 422, 409
PLANNERS = (Role.BROKER, Role.BUREAU)
ADDED_MOST = 40


@blueprint.get("/events/<int:event_id>/line-up")
@role_required(*PLANNERS)
def index(event_id: int) -> str | Response:
    """The proposal ordered last, or how far it is."""
    event = load_run_event(session(), current_actor(), event_id)
    job = last_line_up(session(), current_actor(), event)
    if is_htmx():
        if job is None or job.is_over:
            return Response(headers={"HX-Redirect": url_for(".index", event_id=event_id)})
        return render_template("line_ups/_progress.html", event=event, job=view_job(job))
    return _page(event)


@blueprint.post("/events/<int:event_id>/line-up")
@role_required(*PLANNERS)
@limiter.limit("60/hour", key_func=by_person)
def propose(event_id: int) -> BaseResponse | tuple[str, int]:
    """Have a line-up proposed."""
    event = load_run_event(session(), current_actor(), event_id)
    form = request.form
    wanted = Wanted(
        places=form.get("places", 0, type=int),
        per_owner=form.get("per_owner", 0, type=int),
        must=tuple(dict.fromkeys(form.getlist("must", type=int))),
        never=tuple(dict.fromkeys(form.getlist("never", type=int))),
    )
    try:
        order_line_up(session(), current_actor(), event, wanted)
    except (Invalid, Conflict) as error:
        return _page(event, error), REFUSED if isinstance(error, Invalid) else OVERTAKEN
    return redirect(url_for(".index", event_id=event_id), 303)


@blueprint.post("/events/<int:event_id>/line-up/add")
@role_required(*PLANNERS)
def add(event_id: int) -> BaseResponse:
    """Put picks on the programme, and ask their owners to confirm."""
    event = load_run_event(session(), current_actor(), event_id)
    ids = list(dict.fromkeys(request.form.getlist("listing", type=int)))[:ADDED_MOST]
    if not ids:
        raise Invalid(N_("请勾选要加入节目单的项目。"))
    added = 0
    for listing_id in ids:
        try:
            add_pitch(session(), current_actor(), event, PitchPlan(listing_id=listing_id))
            added += 1
        except (Conflict, Invalid) as error:
            flash(translate(error), "warning")
    if added:
        flash(
            ngettext(
                "已将 %(num)s 个项目加入节目单，等路演单位确认。",
                "已将 %(num)s 个项目加入节目单，等路演单位确认。",
                added,
            ),
            "success",
        )
    return redirect(url_for(".index", event_id=event_id), 303)


def _page(event: Event, error: DomainError | None = None) -> str:
    actor = current_actor()
    job = last_line_up(session(), actor, event)
    must, never = chosen_by_hand(session(), actor, job) if job else ((), ())
    wanted = wanted_of(job.arguments) if job else Wanted()
    return render_template(
        "line_ups/index.html",
        event=event,
        job=view_job(job) if job else None,
        line_up=view_line_up(session(), actor, event, job) if job and job.is_over else None,
        places=request.form.get("places") or wanted.places or PLACES,
        per_owner=request.form.get("per_owner") or wanted.per_owner or PER_OWNER,
        must=must,
        never=never,
        may_propose=can_propose(actor, event),
        error=error,
        title=_("选题建议：%(title)s", title=event.title),
    )
