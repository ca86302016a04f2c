"""The programme: for everybody; its order and its rules for who runs the event; the slides' template."""

import io

from flask import Response as FileResponse
from flask import flash, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.permissions import can_run_event
from matchmaker.domain.roadshows import DIMENSIONS, LENGTHS
from matchmaker.services.documents import roadshow_programme_pdf, slides_template
from matchmaker.services.roadshows.duties import RoadshowDuties, roadshow_duties
from matchmaker.services.roadshows.interest import coming
from matchmaker.services.roadshows.loading import is_under_way, is_worked_on, pitches_of, roadshow_of
from matchmaker.services.roadshows.ordering import RULE_NAMES, order_by_rule, reorder, shift
from matchmaker.services.roadshows.programme import Programme, programme_of
from matchmaker.services.roadshows.record import make_programme
from matchmaker.services.roadshows.running import RANKED_BY_NAMES, Rules, has_sheets, rules_of, set_rules
from matchmaker.services.timetables.mutual_talks import may_arrange, talks_to_arrange
from matchmaker.web.access import current_actor, is_htmx, public, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_address, limiter
from matchmaker.web.roadshow_tabs import has_programme
from matchmaker.web.roadshows.blueprint import OVERTAKEN, REFUSED, blueprint, load, load_pitch, load_run, to, version_of

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DIMENSION_ROWS = 6


@blueprint.get("/events/<int:event_id>/programme")
@public
def programme(event_id: int) -> str:
    """What is presented when."""
    return _page(load(event_id))


@blueprint.get("/events/<int:event_id>/programme/pdf")
@public
@limiter.limit("60/hour", key_func=by_address)
def programme_pdf(event_id: int) -> FileResponse:
    """The programme on paper, as the viewer may read it."""
    event = load(event_id)
    made = io.BytesIO(roadshow_programme_pdf(make_programme(session(), current_actor(), event)))
    name = _("路演节目单_%(title)s.pdf", title=event.title)
    response = send_file(made, mimetype="application/pdf", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/events/<int:event_id>/programme/template")
@public
@limiter.limit("60/hour", key_func=by_address)
def template(event_id: int) -> FileResponse:
    """The fixed form of a presentation."""
    made = io.BytesIO(slides_template(load(event_id).title))
    return send_file(made, mimetype=PPTX, as_attachment=True, download_name=_("路演演示模板.pptx"))


@blueprint.post("/events/<int:event_id>/programme/order")
@signed_in
def put_in_order(event_id: int) -> Response | str:
    """Put the programme into the order that somebody dragged it into."""
    event = load_run(event_id)
    order = [number_of(value) or 0 for value in request.form.getlist("pitch")]
    reorder(session(), current_actor(), event, order)
    return _answer(event)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/shift")
@signed_in
def shift_pitch(event_id: int, pitch_id: int) -> Response | str:
    """Move a pitch one place up or down."""
    event = load_run(event_id)
    pitch = load_pitch(event, pitch_id)
    shift(session(), current_actor(), event, pitch, -1 if request.form.get("by") == "up" else 1)
    return _answer(event)


@blueprint.post("/events/<int:event_id>/programme/rule")
@signed_in
def put_in_order_by_rule(event_id: int) -> Response | tuple[str, int]:
    """Put the programme into the order of a rule."""
    event, form = load_run(event_id), request.form
    try:
        seed = order_by_rule(session(), current_actor(), event, form.get("rule", ""), form.get("seed", ""))
    except Invalid as error:
        return _page(event, error), REFUSED
    if seed is None:
        flash(_("节目单已重新排列。"), "success")
    else:
        flash(_("已抽签，抽签号 %(seed)s 已存档。用同一个号可以重现这个顺序。", seed=seed), "success")
    return to("programme", event_id)


@blueprint.get("/events/<int:event_id>/programme/rules")
@signed_in
def rules(event_id: int) -> str:
    """The form of lengths, breaks and marks."""
    event = load_run(event_id)
    roadshow = roadshow_of(session(), event)
    return _rules(event, rules_of(roadshow), roadshow.version)


@blueprint.post("/events/<int:event_id>/programme/rules")
@signed_in
def save_rules(event_id: int) -> Response | tuple[str, int]:
    """Change lengths, breaks and marks; what was typed is shown again where it is refused."""
    event, typed, version = load_run(event_id), _typed_rules(), version_of()
    try:
        set_rules(session(), current_actor(), event, typed, version)
    except Invalid as error:
        return _rules(event, typed, version, error), REFUSED
    except Conflict as error:
        return _rules(event, typed, version, error), OVERTAKEN
    flash(_("路演设置已保存。"), "success")
    return to("programme", event_id)


@blueprint.app_template_global("programme_on_page")
def programme_on_page(event: Event) -> Programme | None:
    """Return the programme of an event for its own page, None where it has none."""
    actor = current_actor()
    return programme_of(session(), actor, event) if has_programme(actor, event) else None


@blueprint.app_template_global("roadshow_duties")
def duties() -> RoadshowDuties:
    """Return what of roadshows waits for the viewer, for his dashboard."""
    return roadshow_duties(session(), current_actor())


def _typed_rules() -> Rules:
    form = request.form
    # The usual names are shown in the reader's language, and stay what they are whoever saves them.
    usual = {translate(name): name for name, _weight in DIMENSIONS}
    names = [usual.get(name.strip(), name) for name in form.getlist("dimension_name")]
    weights = form.getlist("dimension_weight")
    plain = ("starts_at", "present_minutes", "question_minutes", "break_every", "break_minutes")
    marks = ("score_least", "score_most", "ranked_by")
    return Rules(
        dimensions=tuple(zip(names, weights, strict=False)), **{name: form.get(name, "") for name in (*plain, *marks)}
    )


def _answer(event: Event) -> Response | str:
    if not is_htmx():
        return to("programme", event.id)
    found = programme_of(session(), current_actor(), event)
    return render_template("roadshows/_order.html", event=event, programme=found)


def _page(event: Event, error: Invalid | None = None) -> str:
    actor = current_actor()
    runs = can_run_event(actor, event)
    withdrawn = [pitch for pitch in pitches_of(session(), event, withdrawn=True) if not pitch.stands] if runs else []
    return render_template(
        "roadshows/programme.html",
        event=event,
        programme=programme_of(session(), actor, event),
        withdrawn=withdrawn,
        runs=runs,
        may_change=runs and is_worked_on(event),
        may_tap=is_under_way(event) and coming(session(), actor, event),
        talks=talks_to_arrange(session(), event) if runs and may_arrange(event) else 0,
        rules=RULE_NAMES,
        error=error,
        typed=request.form,
    )


def _rules(event: Event, typed: Rules, version: int, error: Invalid | Conflict | None = None) -> str:
    rows = [*typed.dimensions, *[("", "")] * max(0, DIMENSION_ROWS - len(typed.dimensions))]
    return render_template(
        "roadshows/rules.html",
        event=event,
        rules=typed,
        rows=rows,
        version=version,
        lengths=LENGTHS,
        ways=RANKED_BY_NAMES,
        marks_stay=has_sheets(session(), event),
        error=error,
        faults=error.errors if isinstance(error, Invalid) else {},
    )
