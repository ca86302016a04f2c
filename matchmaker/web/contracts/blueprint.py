"""The blueprint of contracts, and what all its views share: the version last seen, rows of deductions, answers."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers.response import Response

from matchmaker.services.contracts.reading import DeductionRow
from matchmaker.web.addresses import number_of

blueprint = Blueprint("contracts", __name__)

REFUSED, OVERTAKEN = 422, 409


def seen_version() -> int:
    """Return the version of the contract that the form was shown with."""
    return number_of(request.form.get("version")) or 0


def deduction_rows() -> list[DeductionRow]:
    """Return the rows of deductions as typed."""
    columns = (request.form.getlist(f"deduction_{name}") for name in ("kind", "name", "amount"))
    return [DeductionRow(*row) for row in zip(*columns, strict=False)]


def done(contract_id: int, sentence: str) -> Response:
    """Say what has happened, on the contract's page."""
    flash(sentence, "success")
    return redirect(url_for("contracts.detail", contract_id=contract_id), 303)
