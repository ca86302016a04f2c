"""Judging as a judge does it, on a phone: his list, a sheet that is saved while he types, signing, stepping back."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.scoring import shown, total
from matchmaker.services.roadshows.loading import dimensions_of, is_under_way, roadshow_of
from matchmaker.services.roadshows.recusal import RULE_TEXT
from matchmaker.services.roadshows.sheets import (
    COMMENT_MOST,
    Marks,
    SheetView,
    my_sheet,
    my_sheets,
    recuse,
    save_sheet,
    sign_sheet,
)
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.roadshows.blueprint import OVERTAKEN, REFUSED, blueprint, load, to, version_of

CHIPS_MOST = 10
"""Up to this many whole marks are offered as buttons."""


@blueprint.get("/events/<int:event_id>/judging")
@signed_in
def judging(event_id: int) -> str:
    """The pitches that the viewer judges, in the order of the programme."""
    event = load(event_id)
    return render_template(
        "roadshows/judging.html", event=event, sheets=my_sheets(session(), current_actor(), event), is_judging=True
    )


@blueprint.get("/events/<int:event_id>/judging/<int:pitch_id>")
@signed_in
def sheet(event_id: int, pitch_id: int) -> str:
    """One scoring sheet."""
    return _page(load(event_id), pitch_id)


@blueprint.post("/events/<int:event_id>/judging/<int:pitch_id>/save")
@signed_in
def autosave(event_id: int, pitch_id: int) -> tuple[str, int] | str:
    """Save what is typed so far, and say so in a fragment."""
    event = load(event_id)
    try:
        save_sheet(session(), current_actor(), event, pitch_id, _marks(event), version_of())
    except Conflict as error:
        return render_template("roadshows/_saved.html", sheet=None, error=error), OVERTAKEN
    found = my_sheet(session(), current_actor(), event, pitch_id)
    return render_template("roadshows/_saved.html", sheet=found, points=_points(event, found), error=None)


@blueprint.post("/events/<int:event_id>/judging/<int:pitch_id>")
@signed_in
def sign(event_id: int, pitch_id: int) -> Response | tuple[str, int]:
    """Sign a sheet, or only save it where there is no script; what is refused is shown again as it was typed."""
    event, actor = load(event_id), current_actor()
    only_save = request.form.get("do") == "save"
    verb = save_sheet if only_save else sign_sheet
    try:
        verb(session(), actor, event, pitch_id, _marks(event), version_of())
    except Invalid as error:
        return _page(event, pitch_id, error), REFUSED
    except Conflict as error:
        return _page(event, pitch_id, error), OVERTAKEN
    flash(_("草稿已保存。") if only_save else _("评分表已签名。"), "success")
    return to("sheet", event_id, pitch_id=pitch_id) if only_save else to("judging", event_id)


@blueprint.post("/events/<int:event_id>/judging/<int:pitch_id>/recuse")
@signed_in
def step_back(event_id: int, pitch_id: int) -> Response:
    """Step back from judging a pitch."""
    recuse(session(), current_actor(), load(event_id), pitch_id, request.form.get("reason", ""))
    flash(_("已回避这个项目，主办方会看到原因。"), "success")
    return to("judging", event_id)


def _marks(event: Event) -> Marks:
    keys = [each.key for each in dimensions_of(roadshow_of(session(), event))]
    return Marks({key: request.form.get(key, "") for key in keys}, request.form.get("comment", ""))


def _points(event: Event, found: SheetView) -> object:
    """The weighted mean of a whole sheet as it stands, None while a mark is missing."""
    dimensions = dimensions_of(roadshow_of(session(), event))
    if any(each.key not in found.scores for each in dimensions):
        return None
    return shown(total(dimensions, {key: float(mark) for key, mark in found.scores.items()}))


def _page(event: Event, pitch_id: int, error: Invalid | Conflict | None = None) -> str:
    actor = current_actor()
    found, roadshow = my_sheet(session(), actor, event, pitch_id), roadshow_of(session(), event)
    sheets = my_sheets(session(), actor, event)
    order = [each.pitch.id for each in sheets]
    place = order.index(pitch_id)
    least, most = roadshow.score_least, roadshow.score_most
    return render_template(
        "roadshows/sheet.html",
        event=event,
        sheet=found,
        roadshow=roadshow,
        dimensions=dimensions_of(roadshow),
        weights=sum(each.weight for each in dimensions_of(roadshow)),
        chips=range(least, most + 1) if most - least <= CHIPS_MOST else (),
        points=_points(event, found),
        previous=order[place - 1] if place else None,
        following=order[place + 1] if place + 1 < len(order) else None,
        typed=_marks(event) if request.method == "POST" else Marks(found.scores, found.comment),
        comment_most=COMMENT_MOST,
        is_open=is_under_way(event) and not roadshow.is_published,
        rule_text=RULE_TEXT,
        error=error,
        faults=error.errors if isinstance(error, Invalid) else {},
        is_judging=True,
    )
