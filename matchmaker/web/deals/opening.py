"""Opening a deal: from a pair, from an interest in a pitch, by hand."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.deals import TITLE_MOST, Deal
from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.services.deals import open_for_match, require_openable
from matchmaker.services.deals.by_hand import (
    Typed,
    is_for_itself,
    open_by_hand,
    organization_names,
    require_opening_by_hand,
)
from matchmaker.services.deals.details import SOURCE_MOST
from matchmaker.services.deals.from_roadshow import load_interest, open_for_interest
from matchmaker.services.events.loading import load_event
from matchmaker.services.match_views import view_match
from matchmaker.services.roadshows.loading import get_pitch
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint, status_of
from matchmaker.web.limits import by_person, limiter

Answer = Response | tuple[str, int]


@blueprint.get("/matches/<int:match_id>/deal")
@signed_in
def open_form(match_id: int) -> str:
    """Say what comes first in a deal about a pair."""
    return _of_match(match_id)


@blueprint.post("/matches/<int:match_id>/deal")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def open_from_match(match_id: int) -> Answer:
    """Open a deal about a pair whose sides are interested or have met."""
    try:
        deal = open_for_match(session(), current_actor(), match_id, **_step())
    except (Invalid, Conflict) as error:
        session().rollback()
        return _of_match(match_id, error), status_of(error)
    return _opened(deal)


@blueprint.get("/events/<int:event_id>/programme/<int:pitch_id>/interests/<int:interest_id>/deal")
@signed_in
def interest_form(event_id: int, pitch_id: int, interest_id: int) -> str:
    """Say what comes first in a deal about an interest in a pitch."""
    return _of_interest(event_id, pitch_id, interest_id)


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/interests/<int:interest_id>/deal")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def open_from_interest(event_id: int, pitch_id: int, interest_id: int) -> Answer:
    """Open a deal about an interest in a pitch that is mutual."""
    actor = current_actor()
    event = load_event(session(), actor, event_id)
    pitch = get_pitch(session(), actor, event, pitch_id)
    load_interest(session(), actor, event, pitch, interest_id)
    try:
        deal = open_for_interest(session(), actor, event, pitch, interest_id, **_step())
    except (Invalid, Conflict) as error:
        session().rollback()
        return _of_interest(event_id, pitch_id, interest_id, error), status_of(error)
    return _opened(deal)


@blueprint.get("/deals/new")
@signed_in
def new() -> str:
    """Open a deal by hand: between whom, what about, from where."""
    return _by_hand()


@blueprint.post("/deals/new")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def open_new() -> Answer:
    """Open a deal by hand."""
    typed = Typed(**{name: request.form.get(name, "") for name in Typed.__dataclass_fields__})
    try:
        deal = open_by_hand(session(), current_actor(), typed)
    except (Invalid, Conflict) as error:
        session().rollback()
        return _by_hand(error), status_of(error)
    return _opened(deal)


@blueprint.get("/deals/organizations")
@signed_in
@limiter.limit("600/hour", key_func=by_person)
def organizations() -> str:
    """Names of organizations that hold what was typed, as options."""
    typed = request.args.get("one") or request.args.get("other") or ""
    return render_template("deals/_names.html", names=organization_names(session(), current_actor(), typed))


def _of_match(match_id: int, error: DomainError | None = None) -> str:
    actor = current_actor()
    match = view_match(require_openable(session(), actor, match_id), actor)
    back = url_for("matches.detail", match_id=match.id)
    return _form(
        subject=f"{match.need.title} × {match.achievement.title}",
        crumbs=[(_("匹配"), url_for("matches.index")), (_("匹配对照"), back)],
        action=url_for(".open_from_match", match_id=match.id),
        back=back,
        error=error,
    )


def _of_interest(event_id: int, pitch_id: int, interest_id: int, error: DomainError | None = None) -> str:
    actor = current_actor()
    event = load_event(session(), actor, event_id)
    pitch = get_pitch(session(), actor, event, pitch_id)
    load_interest(session(), actor, event, pitch, interest_id)
    back = url_for("roadshows.pitch", event_id=event.id, pitch_id=pitch.id)
    return _form(
        subject=_("路演项目的感兴趣"),
        crumbs=[(event.title, url_for("events.detail", event_id=event.id)), (_("路演项目"), back)],
        action=url_for(".open_from_interest", event_id=event.id, pitch_id=pitch.id, interest_id=interest_id),
        back=back,
        error=error,
    )


def _form(*, subject: str, crumbs: list[tuple[str, str]], action: str, back: str, error: DomainError | None) -> str:
    errors = error.errors if isinstance(error, Invalid) else {}
    places = {"subject": subject, "crumbs": crumbs, "action": action, "back": back}
    return render_template("deals/open.html", error=error, errors=errors, typed=request.form, **places)


def _by_hand(error: DomainError | None = None) -> str:
    actor = current_actor()
    require_opening_by_hand(actor)
    return render_template(
        "deals/new.html",
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        typed=request.form,
        for_itself=is_for_itself(actor),
        fields=codes.table("contract_fields").choices(),
        title_most=TITLE_MOST,
        source_most=SOURCE_MOST,
    )


def _step() -> dict[str, str]:
    form = request.form
    return {"next_step": form.get("deal_step", ""), "next_step_on": form.get("deal_step_on", "")}


def _opened(deal: Deal) -> Response:
    flash(_("已建立跟进项目。"), "success")
    return redirect(url_for(".detail", deal_id=deal.id), 303)
