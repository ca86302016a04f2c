"""Triage: all pairs of one's own listings, one after another, by keyboard or by plain forms."""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.matches import Decision
from matchmaker.domain.people import Role
from matchmaker.domain.showings import ListKind
from matchmaker.services.comparison import compare
from matchmaker.services.decisions import decide, undo_last
from matchmaker.services.forwarding import forwardings_of
from matchmaker.services.match_export import export_matches
from matchmaker.services.match_queries import Standing
from matchmaker.services.matches import get_match
from matchmaker.services.shaping.telling import shaping_of
from matchmaker.services.triage import TriageFilter, next_after, own_listings, progress, triage_page
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.showings import note_list, note_opening

blueprint = Blueprint("triage", __name__)

GRADES = {3: _l("强"), 2: _l("较强及以上"), 1: _l("弱及以上"), 0: _l("全部")}
LEAST_GRADE = 1
ALL = "all"
# The part of the screen that fetches the first pair by itself: nobody has opened that one.
PANE = "triage-pair"
STANDINGS = {
    Standing.UNDECIDED: _l("尚未处理"),
    Standing.WANTED: _l("对方感兴趣"),
    Decision.INTERESTED: _l("感兴趣"),
    Decision.SHORTLISTED: _l("候选"),
    Decision.UNSUITABLE: _l("不合适"),
    Standing.MUTUAL: _l("双方都感兴趣"),
    ALL: _l("全部"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_ID = 2**63 - 1


@blueprint.get("/triage")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
def index() -> str:
    """The queue beside the pair that is decided now."""
    actor, chosen = current_actor(), _filter()
    page = triage_page(session(), actor, chosen, page_number())
    note_list(ListKind.TRIAGE, page.matches, listing_id=chosen.listing_id, first=page.first)
    return render_template(
        "triage/index.html",
        page=page,
        progress=page.progress,
        shaping=shaping_of(session(), actor),
        forwarded=forwardings_of(session(), actor, [match.id for match in page.matches]),
        listings=own_listings(session(), actor),
        fields=codes.table("contract_fields"),
        standings=STANDINGS,
        grades=GRADES,
        reasons=codes.table("decline_reasons").choices(),
        **_context(chosen),
    )


@blueprint.get("/triage/<int:match_id>")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
def pair(match_id: int) -> str:
    """One pair to decide about: a part of the screen for htmx, else a page of its own."""
    return pair_page(match_id)


@blueprint.post("/triage/<int:match_id>/decision")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
@limiter.limit("120/minute", key_func=by_person)
def decision(match_id: int) -> BaseResponse | str | tuple[str, int]:
    """Decide about a pair, and go on to the next one."""
    form, actor = request.form, current_actor()
    following = _following(match_id)
    try:
        decide(
            session(),
            actor,
            match_id,
            form.get("decision", ""),
            reason=form.get("reason"),
            note=form.get("note"),
            agreed=form.get("agreed") == "yes",
            seen=form.get("seen"),
        )
    except (Conflict, Invalid) as error:
        return pair_page(match_id, error), 409 if isinstance(error, Conflict) else 422
    return moved_on(match_id, following, _("已记录。"))


@blueprint.post("/triage/undo")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
@limiter.limit("120/minute", key_func=by_person)
def undo() -> BaseResponse | str:
    """Take one's own latest decision back, and look at its pair again."""
    match_id = undo_last(session(), current_actor())
    return moved_on(match_id, match_id, _("已撤销上一个判断。"))


@blueprint.get("/triage/export")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
@limiter.limit("30/hour", key_func=by_person)
def export() -> Response:
    """The queue as it is narrowed, as a workbook."""
    content = export_matches(session(), current_actor(), _filter(), translate)
    name = _("匹配-%(day)s.xlsx", day=today().isoformat())
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def pair_page(match_id: int, error: Conflict | Invalid | None = None) -> str:
    """Show one pair; `error` is of one of the forms on it, which is shown again as it was filled in."""
    template = "triage/_pair.html" if is_htmx() else "triage/pair.html"
    return render_template(template, **_pair_context(match_id, error))


def _pair_context(match_id: int, error: Conflict | Invalid | None = None) -> dict[str, Any]:
    actor, chosen = current_actor(), _filter()
    match = get_match(session(), actor, match_id)
    if request.headers.get("HX-Trigger") != PANE:
        note_opening(match, ListKind.TRIAGE)
    own = match.achievement if match.own_kind == match.achievement.kind else match.need
    return {
        "match": match,
        "own": own,
        "other": match.other(own.kind),
        "comparison": compare(match),
        "reasons": codes.table("decline_reasons").choices(),
        "following": None if is_htmx() else next_after(session(), actor, chosen, match_id),
        "error": error,
        "typed": request.form,
        **_context(chosen),
    }


def _following(match_id: int) -> int | None:
    """The pair to go on with: what the screen says comes next, else the next one of the queue as it was."""
    if is_htmx():
        return _number(request.form.get("then", ""))
    return next_after(session(), current_actor(), _filter(), match_id)


def moved_on(match_id: int, following: int | None, sentence: str) -> BaseResponse | str:
    """Show the next pair; for htmx with the row of the one just decided, and how far one has come."""
    actor, chosen = current_actor(), _filter()
    if not is_htmx():
        flash(sentence, "success")
        target = url_for(".index", **chosen_args(chosen))
        if following is not None:
            target = url_for(".pair", match_id=following, **chosen_args(chosen))
        return redirect(target, 303)
    shown = _pair_context(following) if following is not None else _context(chosen)
    done = get_match(session(), actor, match_id)
    return render_template(
        "triage/_moved_on.html",
        **shown | {"done": done, "is_next": following is not None, "sentence": sentence},
        done_forwarded=forwardings_of(session(), actor, [match_id])[match_id],
        progress=progress(session(), actor, chosen),
        shaping=shaping_of(session(), actor),
    )


def _context(chosen: TriageFilter) -> dict[str, Any]:
    return {"chosen": chosen, "args": chosen_args(chosen)}


def chosen_args(chosen: TriageFilter) -> dict[str, Any]:
    """Return a filter as the arguments of an address, without what goes without saying."""
    return {
        "listing": chosen.listing_id,
        "field": chosen.field,
        "grade": None if chosen.grade == LEAST_GRADE else chosen.grade,
        "decided": None if chosen.decided == Standing.UNDECIDED else chosen.decided or ALL,
    }


def _filter() -> TriageFilter:
    """What the address narrows by; whatever is unknown narrows nothing."""
    args = request.args
    grade, decided, field = args.get("grade", type=int), args.get("decided"), args.get("field")
    return TriageFilter(
        listing_id=_number(args.get("listing", "")),
        field=field if field in codes.table("contract_fields") else None,
        grade=grade if grade in GRADES else LEAST_GRADE,
        decided=None if decided == ALL else decided if decided in STANDINGS else Standing.UNDECIDED,
    )


def _number(text: str) -> int | None:
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return found if found is not None and found <= LARGEST_ID else None
