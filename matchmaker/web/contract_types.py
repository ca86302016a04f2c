"""Which of the five types a contract is: a few questions, a suggestion with its reasons, never a decision."""

from flask import Blueprint, render_template, request

from matchmaker.domain import codes
from matchmaker.domain.contract_types import MEANINGS, QUESTIONS
from matchmaker.services.contract_types import questions_for, suggest
from matchmaker.web.access import signed_in

blueprint = Blueprint("contract_types", __name__)


@blueprint.get("/contract-types")
@signed_in
def index() -> str:
    """The questions, and what the answers in the address speak for."""
    answers = {question.code: request.args.get(question.code, "") for question in QUESTIONS}
    suggestion = suggest(answers)
    return render_template(
        "contract_types/index.html",
        answers=answers,
        suggestion=suggestion,
        questions=questions_for(suggestion),
        kinds=codes.table("contract_kinds"),
        meanings=MEANINGS,
    )
