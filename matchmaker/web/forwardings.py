"""Forwarding a listing by mail, and the page that its link opens for a person without account."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.listings import Visibility
from matchmaker.domain.people import Role
from matchmaker.services.forwarding import ForwardingView, forwardings_of, load_forwarding
from matchmaker.services.forwarding import forward as forward_pair
from matchmaker.services.forwarding import revoke as revoke_forwarding
from matchmaker.services.forwarding_answers import ANSWER_NAMES
from matchmaker.services.forwarding_answers import answer as record_answer
from matchmaker.services.forwarding_views import view_forwarded
from matchmaker.services.match_views import MatchView
from matchmaker.services.recipients import Recipient, RecipientOption, recipients
from matchmaker.services.triage import can_triage
from matchmaker.web.access import current_actor, is_htmx, public, role_required, safe_next
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.security import secret_key
from matchmaker.web.triage import moved_on, pair_page

blueprint = Blueprint("forwardings", __name__)


@dataclass(frozen=True, slots=True)
class ForwardingPanel:
    """What `forwardings/_panel.html` shows of a pair, and whether more may be sent."""

    sent: tuple[ForwardingView, ...]
    may_forward: bool
    recipients: tuple[RecipientOption, ...]


@blueprint.app_template_global("forwarding_panel")
def forwarding_panel(match: MatchView) -> ForwardingPanel | None:
    """Return the panel of a pair for an owner of one of its sides, None for everybody else."""
    actor = current_actor()
    if match.own_kind is None or not can_triage(actor):
        return None
    own = match.need if match.own_kind == match.need.kind else match.achievement
    may_forward = match.other(own.kind).visibility != Visibility.BROKERS
    options = recipients(session(), actor, own.id) if may_forward else ()
    return ForwardingPanel(forwardings_of(session(), actor, [match.id])[match.id], may_forward, options)


@blueprint.app_template_global("answer_name")
def answer_name(answer: str) -> str:
    """Write an answer by name."""
    return translate({str(code): name for code, name in ANSWER_NAMES.items()}[answer])


@blueprint.post("/matches/<int:match_id>/forward")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
@limiter.limit("60/hour", key_func=by_person)
def forward(match_id: int) -> BaseResponse | str | tuple[str, int]:
    """Send the other side of a pair to a person, from the triage screen or the pair's own page."""
    form = request.form
    inventor = form.get("inventor_id", type=int)
    recipient = Recipient(form.get("name", ""), form.get("email", ""), inventor or None)
    try:
        row = forward_pair(session(), current_actor(), match_id, recipient, form.get("message", ""), secret_key())
    except (Conflict, Invalid) as error:
        return pair_page(match_id, error), 409 if isinstance(error, Conflict) else 422
    return _answered(match_id, _("已转发给 %(name)s，邮件随后发出。", name=row.recipient_name))


@blueprint.post("/forwardings/<int:forwarding_id>/revoke")
@role_required(Role.ENTERPRISE, Role.UNIVERSITY)
def revoke(forwarding_id: int) -> BaseResponse | str:
    """Make a link void."""
    row = revoke_forwarding(session(), current_actor(), forwarding_id)
    return _answered(row.match_id, _("链接已撤销，对方不能再打开。"))


@blueprint.get("/forwarded/<token>")
@public
def forwarded(token: str) -> Response:
    """What the link of a mail opens: what a visitor would see of the listing, why it fits, and the answer."""
    return _forwarded(token, load_forwarding(session(), secret_key(), token, current_actor().avoided))


@blueprint.post("/forwarded/<token>")
@public
@limiter.limit("30/hour")
def answer(token: str) -> Response | BaseResponse:
    """Take the answer."""
    row = load_forwarding(session(), secret_key(), token, current_actor().avoided)
    try:
        record_answer(session(), row, request.form.get("answer", ""), request.form.get("note", ""))
    except Invalid as error:
        return _forwarded(token, row, error)
    flash(_("已收到您的答复，并已告知转发给您的人。"), "success")
    return redirect(url_for(".forwarded", token=token), 303)


def _forwarded(token: str, row: Forwarding, error: Invalid | None = None) -> Response:
    page = render_template(
        "forwardings/forwarded.html",
        token=token,
        forwarded=view_forwarded(row),
        answers=ANSWER_NAMES,
        error=error,
        typed=request.form,
    )
    response = make_response(page, 422 if error else 200)
    # Whoever holds the address may read the page: it must be kept by nothing on the way, and found by no search.
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _answered(match_id: int, sentence: str) -> BaseResponse | str:
    if is_htmx():
        return moved_on(match_id, match_id, sentence)
    flash(sentence, "success")
    return redirect(safe_next(url_for("matches.detail", match_id=match_id)), 303)
