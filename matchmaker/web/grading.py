"""The grading desk: one pair after another, by keyboard or by plain forms; and how far the graders agree."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.judgements import GRADE_NAMES
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_draw_pairs, can_grade
from matchmaker.services.grading.agreement import FEWEST_PAIRS, agreement_page
from matchmaker.services.grading.desk import batches, desk_progress, next_pair, pair_on_desk
from matchmaker.services.grading.disagreements import ask_third, disagreement_page, open_disagreement, regrade
from matchmaker.services.grading.drawing import USUAL_PAIRS, last_draw, order_batch, running_draw
from matchmaker.services.grading.judging import NOT_JUDGED_NAMES, Texts, grade, pass_over, undo_last
from matchmaker.services.grading.strategy import PART_NAMES, PARTS
from matchmaker.services.jobs import view_job
from matchmaker.services.journal.actions import ACTION_NAMES
from matchmaker.web.access import current_actor, is_htmx, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("grading", __name__)

GRADERS = (Role.BROKER, Role.BUREAU)
READERS = (*GRADERS, Role.ADMIN)
STATUS_OF: dict[type[Exception], int] = {Conflict: 409, Invalid: 422}
LARGEST_ID = 2**63 - 1


@blueprint.get("/grading")
@role_required(*READERS)
def index() -> str:
    """The pair that comes first, and for those who draw what was drawn."""
    return _desk(next_pair(session(), current_actor()))


@blueprint.get("/grading/<int:pair_id>")
@role_required(*GRADERS)
def pair(pair_id: int) -> str:
    """One pair: a part of the screen for htmx, else the desk with it."""
    if is_htmx():
        return render_template("grading/_pair.html", **_pair_context(pair_id))
    return _desk(pair_id)


@blueprint.post("/grading/<int:pair_id>/grade")
@role_required(*GRADERS)
@limiter.limit("120/minute", key_func=by_person)
def give(pair_id: int) -> BaseResponse | str | tuple[str, int]:
    """Grade a pair, and go on to the next one."""
    form = request.form
    try:
        grade(session(), current_actor(), pair_id, _number(form.get("grade")), seen=_seen(), note=form.get("note"))
    except (Conflict, Invalid) as error:
        return _refused(pair_id, error)
    return _moved_on(_following(), _("已评：%(grade)s。", grade=_(GRADE_NAMES[int(form["grade"])])))


@blueprint.post("/grading/<int:pair_id>/not-judged")
@role_required(*GRADERS)
@limiter.limit("120/minute", key_func=by_person)
def not_judged(pair_id: int) -> BaseResponse | str | tuple[str, int]:
    """Say that a pair cannot be judged, and go on to the next one."""
    form = request.form
    try:
        pass_over(session(), current_actor(), pair_id, form.get("reason", ""), seen=_seen(), note=form.get("note"))
    except (Conflict, Invalid) as error:
        return _refused(pair_id, error)
    return _moved_on(_following(), _("已记下：无法判断。会请别人来评。"))


@blueprint.post("/grading/undo")
@role_required(*GRADERS)
@limiter.limit("120/minute", key_func=by_person)
def undo() -> BaseResponse | str:
    """Take one's own latest word back, and look at its pair again."""
    return _moved_on(undo_last(session(), current_actor()), _("已撤销上一个评分。"))


@blueprint.post("/grading/draw")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("30/hour", key_func=by_person)
def draw() -> BaseResponse | tuple[str, int]:
    """Have a batch of pairs drawn."""
    try:
        order_batch(session(), current_actor(), pairs=_number(request.form.get("pairs")) or 0)
    except Invalid as error:
        return _desk(next_pair(session(), current_actor()), not_drawn=error), 422
    return redirect(url_for(".index"), 303)


@blueprint.get("/grading/drawing")
@role_required(Role.BUREAU, Role.ADMIN)
def drawing() -> str | BaseResponse:
    """How far the drawing of a batch is; the desk itself once it is over."""
    job = running_draw(session())
    if not is_htmx():
        return redirect(url_for(".index"), 303)
    if job is None:
        return Response(headers={"HX-Redirect": url_for(".index")})
    return render_template("grading/_drawing.html", job=view_job(job))


@blueprint.get("/grading/agreement")
@role_required(*READERS)
def agreement() -> str:
    """How far the graders agree, and on which pairs they do not."""
    actor = current_actor()
    return render_template(
        "grading/agreement.html",
        page=agreement_page(session(), actor),
        disagreements=disagreement_page(session(), actor, page_number()),
        fewest=FEWEST_PAIRS,
        grades=GRADE_NAMES,
    )


@blueprint.get("/grading/disagreements/<int:pair_id>")
@role_required(*READERS)
def disagreement(pair_id: int) -> str:
    """One pair with what each of its graders said."""
    return _opened(pair_id)


@blueprint.post("/grading/disagreements/<int:pair_id>/regrade")
@role_required(*GRADERS)
@limiter.limit("60/minute", key_func=by_person)
def regrade_pair(pair_id: int) -> BaseResponse | tuple[str, int]:
    """Change one's own grade after a talk."""
    form = request.form
    try:
        regrade(session(), current_actor(), pair_id, _number(form.get("grade")), form.get("note", ""))
    except Invalid as error:
        return _opened(pair_id, error), 422
    flash(_("已重评。原来的评分留在记录里。"), "success")
    return redirect(url_for(".disagreement", pair_id=pair_id), 303)


@blueprint.post("/grading/disagreements/<int:pair_id>/third")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("60/minute", key_func=by_person)
def third(pair_id: int) -> BaseResponse:
    """Have a third one grade the pair."""
    ask_third(session(), current_actor(), pair_id)
    flash(_("这一对已放回评分台，等第三人来评。"), "success")
    return redirect(url_for(".disagreement", pair_id=pair_id), 303)


def _desk(
    pair_id: int | None, error: Conflict | Invalid | None = None, not_drawn: Conflict | Invalid | None = None
) -> str:
    """Show the desk with a pair or none: `error` is about the pair, `not_drawn` about drawing a batch."""
    shown = _pair_context(pair_id, error) if pair_id is not None else {"pair": None}
    progress = desk_progress(session(), current_actor())
    return render_template("grading/index.html", **shown, **_drawn(), progress=progress, not_drawn=not_drawn)


def _drawn() -> dict[str, Any]:
    """What those see who draw batches."""
    actor = current_actor()
    if not can_draw_pairs(actor):
        return {"batches": None}
    running, last = running_draw(session()), last_draw(session(), actor)
    return {
        "batches": batches(session()),
        "job": view_job(running) if running else None,
        "last": view_job(last) if last else None,
        "parts": PARTS,
        "part_names": PART_NAMES,
        "usual": USUAL_PAIRS,
    }


def _pair_context(pair_id: int, error: Conflict | Invalid | None = None) -> dict[str, Any]:
    return {
        "pair": pair_on_desk(session(), current_actor(), pair_id),
        "error": error,
        "typed": request.form if error else {},
        "grades": GRADE_NAMES,
        "not_judged": NOT_JUDGED_NAMES,
    }


def _refused(pair_id: int, error: Conflict | Invalid) -> tuple[str, int]:
    """Show the pair as it is now, with what was typed and why it was refused."""
    status = STATUS_OF[type(error)]
    if is_htmx():
        return render_template("grading/_pair.html", **_pair_context(pair_id, error)), status
    return _desk(pair_id, error), status


def _moved_on(following: int | None, sentence: str) -> BaseResponse | str:
    """Lay the next pair before the grader; for htmx with how far he has come."""
    actor = current_actor()
    if not is_htmx():
        flash(sentence, "success")
        return redirect(url_for(".pair", pair_id=following) if following else url_for(".index"), 303)
    shown = _pair_context(following) if following else {"pair": None}
    progress = desk_progress(session(), actor)
    return render_template("grading/_moved_on.html", **shown, progress=progress, sentence=sentence)


def _following() -> int | None:
    """What the screen said comes next, where it still waits for him; else what comes first now."""
    actor, named = current_actor(), _number(request.form.get("then"))
    try:
        if named is not None and pair_on_desk(session(), actor, named).own is None:
            return named
    except (Forbidden, NotFound):
        pass
    return next_pair(session(), actor)


def _opened(pair_id: int, error: Invalid | None = None) -> str:
    return render_template(
        "grading/disagreement.html",
        pair=open_disagreement(session(), current_actor(), pair_id),
        error=error,
        typed=request.form,
        grades=GRADE_NAMES,
        not_judged=NOT_JUDGED_NAMES,
        actions=ACTION_NAMES,
        may_regrade=can_grade(current_actor()),
    )


def _seen() -> Texts:
    return Texts(_number(request.form.get("need_text")), _number(request.form.get("achievement_text")))


def _number(text: str | None) -> int | None:
    text = text or ""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return found if found is not None and found <= LARGEST_ID else None
