"""The blueprint that all modules of deals add their views to."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, DomainError

REFUSED, OVERTAKEN = 422, 409

blueprint = Blueprint("deals", __name__)


def to_deal(deal_id: int, sentence: str, *, part: str = "") -> Response:
    """Lead back to a deal, or to a part of its page, with a sentence of success."""
    flash(sentence, "success")
    return redirect(url_for("deals.detail", deal_id=deal_id, _anchor=part or None), 303)


def status_of(error: DomainError) -> int:
    """Return the status of a form that is shown once more."""
    return OVERTAKEN if isinstance(error, Conflict) else REFUSED
