"""The blueprint that all modules of the ledger add their views to, and the year that an address asks for."""

from flask import Blueprint, request

from matchmaker.domain.days import today

REFUSED = 422
FIRST_YEAR, LAST_YEAR = 2020, 2100

blueprint = Blueprint("ledger", __name__)


def asked_year() -> int:
    """Return `?year=`; the present one where it is none that a ledger can have."""
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today().year
    return year if FIRST_YEAR <= year <= LAST_YEAR else today().year
