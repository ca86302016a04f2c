"""Lists of contracts and one contract, with what its reader may do."""

from flask import Response, render_template, request

from matchmaker.domain import codes
from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.days import today
from matchmaker.domain.deal_notes import AUDIENCE_NAMES, NOTE_MOST
from matchmaker.domain.errors import DomainError, Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import can_fill_contract, can_judge_contract, can_move_deal, can_register_contracts
from matchmaker.services.contracts.completeness import missing
from matchmaker.services.contracts.doubles import doubles
from matchmaker.services.contracts.fields import FIELDS, SECTION_NAMES
from matchmaker.services.contracts.history import CONTRACT_STATE_NAMES, contract_history
from matchmaker.services.contracts.lists import (
    ContractFilter,
    WaitingContracts,
    contract_page,
    contracts_of_deal,
    waiting_contracts,
)
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.contracts.notes import contract_notes
from matchmaker.services.contracts.payments import received, technology_received
from matchmaker.services.deals.audiences import audiences_for
from matchmaker.services.funnel import branches
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.contracts.blueprint import OVERTAKEN, REFUSED, blueprint, deduction_rows
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.stored_files import handed_out

KINDS = ("development", "transfer", "licence", "consulting", "service")


@blueprint.app_template_filter()
def contract_state(state: str) -> str:
    """Write a state of a contract."""
    return translate(CONTRACT_STATE_NAMES.get(state, state))


@blueprint.app_template_global("deal_contracts")
def deal_contracts(deal_id: int) -> tuple[Contract, ...]:
    """Return the contracts of a deal that the viewer may see, for `{% include "contracts/_of_deal.html" %}`."""
    return contracts_of_deal(session(), current_actor(), deal_id)


@blueprint.app_template_global("contracts_waiting")
def contracts_waiting() -> WaitingContracts:
    """Return the contracts that wait for the viewer, for `{% include "contracts/_waiting.html" %}`."""
    return waiting_contracts(session(), current_actor())


@blueprint.get("/contracts")
@signed_in
def index() -> str:
    """The contracts that the viewer may see, with the sums of both amounts."""
    asked = request.args
    year = asked.get("year", "")
    chosen = ContractFilter(
        state=asked.get("state", ""),
        kind=asked.get("kind", ""),
        field=asked.get("field", ""),
        branch=number_of(asked.get("branch")),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        text=asked.get("text", "")[:100],
    )
    return render_template(
        "contracts/index.html",
        page=contract_page(session(), current_actor(), chosen, page_number()),
        chosen=chosen,
        kinds=KINDS,
        fields=codes.table("contract_fields").choices(),
        branches=branches(session()) if can_register_contracts(current_actor()) else (),
        states=CONTRACT_STATE_NAMES,
        today=today(),
    )


@blueprint.get("/contracts/<int:contract_id>")
@signed_in
def detail(contract_id: int) -> str:
    """One contract: amounts, parties, payments, changes, and what can be done now."""
    return contract_view(contract_id)


@blueprint.get("/contracts/<int:contract_id>/text")
@signed_in
def text(contract_id: int) -> Response:
    """The signed text."""
    contract = load_contract(session(), current_actor(), contract_id)
    return _file(contract.file_sha256, contract.file_media_type, contract.file_name)


@blueprint.get("/contracts/<int:contract_id>/certificate")
@signed_in
def certificate(contract_id: int) -> Response:
    """The scan of the certificate of registration."""
    contract = load_contract(session(), current_actor(), contract_id)
    return _file(contract.certificate_sha256, contract.certificate_media_type, contract.certificate_name)


def contract_view(contract_id: int, error: DomainError | None = None) -> str:
    """Show a contract's page; where an act was refused with its sentence and what was typed."""
    actor = current_actor()
    contract = load_contract(session(), actor, contract_id)
    fills, judges = can_fill_contract(actor, contract), can_judge_contract(actor, contract)
    return render_template(
        "contracts/detail.html",
        contract=contract,
        fields=FIELDS,
        sections=SECTION_NAMES,
        history=contract_history(session(), contract),
        lacks=missing(contract) if contract.is_open and fills else {},
        fills=fills,
        judges=judges,
        doubles=doubles(session(), actor, contract) if contract.is_open or judges else (),
        received=received(contract),
        technology_received=technology_received(contract),
        returns=codes.table("contract_returns").choices(),
        deduction_kinds=codes.table("contract_deductions").choices(),
        today=today(),
        notes=contract_notes(session(), actor, contract),
        changes=can_move_deal(actor, contract.deal),
        audiences=[(each, AUDIENCE_NAMES[each]) for each in audiences_for(actor, contract.deal)],
        audience_names=AUDIENCE_NAMES,
        note_most=NOTE_MOST,
        late=contract.state == ContractState.SUBMITTED and contract.due_on is not None and contract.due_on < today(),
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        typed=request.form if error is not None else {},
        typed_rows=deduction_rows() if error is not None else [],
        act=request.endpoint if error is not None else "",
    )


def again(contract_id: int, error: DomainError) -> tuple[str, int]:
    """Show the contract's page once more; what the failed attempt wrote is forgotten first."""
    session().rollback()
    return contract_view(contract_id, error), REFUSED if isinstance(error, Invalid) else OVERTAKEN


def _file(sha256: str | None, media_type: str | None, name: str | None) -> Response:
    if sha256 is None:
        raise NotFound(N_("还没有上传这个文件。"))
    return handed_out(sha256, media_type or "application/octet-stream", name or sha256[:12])
