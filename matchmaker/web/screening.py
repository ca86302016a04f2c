"""Screening as an expert sees it: what waits, reading it, saying what he thinks, stepping back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.campaigns import Opinion, OpinionState
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.screening import DIMENSIONS, HIGHEST, LOWEST, RECOMMENDATION_NAMES
from matchmaker.services.campaigns.screening import (
    Judgement,
    get_opinion,
    give_opinion,
    judged_revision,
    judged_title,
    my_opinions,
    read_for_opinion,
    recuse,
    text_mark,
)
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session

blueprint = Blueprint("screening", __name__)


@blueprint.get("/screening")
@signed_in
def index() -> str:
    """What the viewer was asked to judge."""
    return render_template(
        "screening/index.html", rows=my_opinions(session(), current_actor()), names=RECOMMENDATION_NAMES
    )


@blueprint.get("/screening/<int:opinion_id>")
@signed_in
def detail(opinion_id: int) -> str:
    """The text to be judged and the form, or what one has said."""
    return _page(get_opinion(session(), current_actor(), opinion_id))


@blueprint.post("/screening/<int:opinion_id>")
@signed_in
def give(opinion_id: int) -> Response | tuple[str, int]:
    """Give an opinion; where it is refused, everything that was typed is shown again."""
    opinion, form = get_opinion(session(), current_actor(), opinion_id), request.form
    judgement = Judgement(
        recommendation=form.get("recommendation", ""),
        merge_with=form.get("merge_with", ""),
        scores={name: form.get(name, "") for name in DIMENSIONS},
        text=form.get("text", ""),
    )
    try:
        give_opinion(session(), current_actor(), opinion, judgement, form.get("seen", ""))
    except Invalid as error:
        return _page(opinion, error), 422
    except Conflict as error:
        return _page(opinion, error), 409
    flash(_("意见已提交，谢谢。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/screening/<int:opinion_id>/recuse")
@signed_in
def step_back(opinion_id: int) -> Response:
    """Step back from judging an entry."""
    opinion = get_opinion(session(), current_actor(), opinion_id)
    recuse(session(), current_actor(), opinion, request.form.get("reason", ""))
    flash(_("已回避，这一项会交给其他专家。"), "success")
    return redirect(url_for(".index"), 303)


def _page(opinion: Opinion, error: Invalid | Conflict | None = None) -> str:
    shown: dict[str, Any] = {"view": None, "seen": "", "closed": None}
    if opinion.state == OpinionState.ASKED:
        try:
            shown["view"] = read_for_opinion(session(), current_actor(), opinion)
            shown["seen"] = text_mark(judged_revision(opinion.entry.listing))
        except Conflict as closed:
            shown["closed"] = closed
    return render_template(
        "screening/detail.html",
        opinion=opinion,
        campaign=opinion.entry.campaign,
        title=judged_title(session(), current_actor(), opinion) or _("（须回避的内容）"),
        dimensions=DIMENSIONS,
        scale=range(LOWEST, HIGHEST + 1),
        names=RECOMMENDATION_NAMES,
        error=error,
        faults=error.errors if isinstance(error, Invalid) else {},
        typed=request.form,
        **shown,
    )
