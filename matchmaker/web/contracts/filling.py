"""Opening a contract from a deal and filling in its form; handing it in, taking it back."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.contracts import Contract
from matchmaker.domain.errors import Conflict, DomainError, Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import can_fill_contract
from matchmaker.services.contracts.amounts import check_income, transaction_value
from matchmaker.services.contracts.completeness import missing
from matchmaker.services.contracts.doubles import doubles
from matchmaker.services.contracts.fields import FIELDS, SECTION_NAMES, FieldKind
from matchmaker.services.contracts.filling import can_open_contract, open_contract, save_contract, swap_sides
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.contracts.moving import discard_contract, submit_contract, take_back_contract
from matchmaker.services.contracts.reading import DeductionRow, read_deductions, read_fields
from matchmaker.services.deals import load_deal
from matchmaker.services.deals.filters import Show
from matchmaker.services.deals.lists import deal_page
from matchmaker.services.deals.views import view_deals
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.contracts.blueprint import (
    OVERTAKEN,
    REFUSED,
    blueprint,
    deduction_rows,
    done,
    seen_version,
)
from matchmaker.web.contracts.pages import again
from matchmaker.web.database import session
from matchmaker.web.kept_files import file_if_any
from matchmaker.web.limits import by_person, limiter

SPARE_ROWS = 3
REQUIRED = sum(field.required for field in FIELDS) + 1


@blueprint.get("/contracts/new")
@signed_in
def new() -> str:
    """Choose the deal that a contract comes of: none is without one."""
    actor = current_actor()
    deal_id = number_of(request.args.get("deal"))
    chosen = load_deal(session(), actor, deal_id) if deal_id is not None else None
    if chosen is not None and not can_open_contract(actor, chosen):
        raise Forbidden(N_("合同由双方和负责的技术经纪人录入。"))
    page = deal_page(session(), actor, Show.OPEN, page_number()) if chosen is None else None
    deals = view_deals(session(), actor, [chosen]) if chosen is not None else page.deals if page else ()
    return render_template("contracts/new.html", deals=deals, page=page)


@blueprint.post("/contracts/new")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def open_new() -> Response:
    """Open a contract of a deal as a draft."""
    deal_id = number_of(request.form.get("deal"))
    if deal_id is None:
        raise Invalid(N_("合同要从跟进项目建立：请先选择一个跟进项目；还没有的，请技术经纪人建立并写明来源。"))
    contract = open_contract(session(), current_actor(), deal_id)
    flash(_("已建立草稿，并填入了平台已有的信息。"), "success")
    return redirect(url_for(".edit", contract_id=contract.id), 303)


@blueprint.get("/contracts/<int:contract_id>/edit")
@signed_in
def edit(contract_id: int) -> str | Response:
    """The form, as far as it is filled in; `?check=1` names what is missing."""
    contract = load_contract(session(), current_actor(), contract_id)
    _require_writer(contract)
    if not contract.is_open:
        return redirect(url_for(".detail", contract_id=contract_id), 303)
    return _form(
        contract, _stored(contract), _stored_rows(contract), missing(contract) if "check" in request.args else {}
    )


@blueprint.post("/contracts/<int:contract_id>/edit")
@signed_in
@limiter.limit("600/hour", key_func=by_person)
def save(contract_id: int) -> Response | tuple[str, int]:
    """Save the form; `then=submit` hands it in as well, if nothing is missing."""
    actor, form = current_actor(), request.form
    try:
        contract = save_contract(
            session(),
            actor,
            contract_id,
            {name: form.get(name, "") for name in (field.name for field in FIELDS)},
            version=seen_version(),
            deductions=deduction_rows(),
            file=file_if_any(),
            is_disputed=bool(form.get("is_disputed")),
        )
        if form.get("then") == "submit" and not missing(contract):
            if not form.get("is_another") and doubles(session(), actor, contract):
                return _ask_about_doubles(contract_id)
            submit_contract(session(), actor, contract_id, version=contract.version)
            return done(contract_id, _("已提交登记。结果会通知您。"))
    except (Invalid, Conflict) as error:
        session().rollback()
        return _refused(contract_id, error), OVERTAKEN if isinstance(error, Conflict) else REFUSED
    if form.get("then") == "submit":
        flash(_("已保存，但还不能提交：请补全标出的内容。"), "warning")
        return redirect(url_for(".edit", contract_id=contract_id, check=1), 303)
    flash(_("已保存。可以随时回来接着填。"), "success")
    return redirect(url_for(".edit", contract_id=contract_id), 303)


def _ask_about_doubles(contract_id: int) -> Response:
    """What was typed is saved; whether it is another contract than those like it is asked before it is handed in."""
    flash(_("已保存，还没有提交：有相似的合同已经提交或登记，请先核对。"), "warning")
    return redirect(url_for(".edit", contract_id=contract_id, _anchor="doubles"), 303)


@blueprint.post("/contracts/<int:contract_id>/reckon")
@signed_in
@limiter.limit("3000/hour", key_func=by_person)
def reckon(contract_id: int) -> str:
    """Reckon the transaction value of what is typed, without saving anything."""
    _require_writer(load_contract(session(), current_actor(), contract_id))
    shown: dict[str, Any] = {"total": None, "deducted": None, "transaction": None, "error": None}
    try:
        amounts = read_fields({name: request.form.get(name, "") for name in ("total_value", "technology_income")})
        shown["total"] = amounts["total_value"]
        shown["deducted"] = sum(row.amount for row in read_deductions(deduction_rows()))
        if shown["total"] is not None:
            shown["transaction"] = transaction_value(shown["total"], shown["deducted"])
            check_income(amounts["technology_income"], shown["transaction"])
    except Invalid as error:
        shown["error"] = next(iter(error.errors.values()), str(error))
    return render_template("contracts/_reckoning.html", **shown)


@blueprint.post("/contracts/<int:contract_id>/swap")
@signed_in
def swap(contract_id: int) -> Response | tuple[str, int]:
    """Make the buyer the seller."""
    try:
        swap_sides(session(), current_actor(), contract_id, version=seen_version())
    except Conflict as error:
        return again(contract_id, error)
    return redirect(url_for(".edit", contract_id=contract_id), 303)


@blueprint.post("/contracts/<int:contract_id>/take-back")
@signed_in
def take_back(contract_id: int) -> Response | tuple[str, int]:
    """Take back what waits, to change it."""
    try:
        take_back_contract(session(), current_actor(), contract_id, version=seen_version())
    except Conflict as error:
        return again(contract_id, error)
    return redirect(url_for(".edit", contract_id=contract_id), 303)


@blueprint.post("/contracts/<int:contract_id>/discard")
@signed_in
def discard(contract_id: int) -> Response | tuple[str, int]:
    """Give up a draft."""
    try:
        discard_contract(session(), current_actor(), contract_id, version=seen_version())
    except Conflict as error:
        return again(contract_id, error)
    return done(contract_id, _("已放弃这份草稿。"))


def _require_writer(contract: Contract) -> None:
    if not can_fill_contract(current_actor(), contract):
        raise Forbidden(N_("合同由双方和负责的技术经纪人填写。"))


def _refused(contract_id: int, error: DomainError) -> str:
    contract = load_contract(session(), current_actor(), contract_id)
    errors = error.errors if isinstance(error, Invalid) else {}
    return _form(contract, request.form, deduction_rows(), errors, error)


def _form(
    contract: Contract,
    values: Mapping[str, str],
    rows: list[DeductionRow],
    errors: Mapping[str, str],
    error: DomainError | None = None,
) -> str:
    filled = [row for row in rows if row.name or row.amount]
    kinds = codes.table("contract_kinds")
    return render_template(
        "contracts/edit.html",
        contract=contract,
        values=values,
        rows=[*filled, *[DeductionRow()] * SPARE_ROWS],
        errors=errors,
        error=error,
        fields=FIELDS,
        sections=SECTION_NAMES,
        lacking=len(missing(contract)),
        doubles=doubles(session(), current_actor(), contract),
        required=REQUIRED,
        tables={field.name: codes.table(field.table) for field in FIELDS if field.kind is FieldKind.CODE},
        kinds=kinds,
        deduction_kinds=codes.table("contract_deductions").choices(),
    )


def _stored(contract: Contract) -> dict[str, str]:
    """Return what is stored as the form writes it."""
    values: dict[str, str] = {}
    for field in FIELDS:
        value = getattr(contract, field.name)
        if field.kind is FieldKind.MONEY:
            values[field.name] = "" if value is None else f"{value.normalize() + 0:f}"
        elif field.kind is FieldKind.FLAG:
            values[field.name] = "1" if value else ""
        else:
            values[field.name] = "" if value is None else str(value)
    values["is_disputed"] = "1" if contract.is_disputed else ""
    values["kind"] = contract.sub_kind or contract.kind or ""
    return values


def _stored_rows(contract: Contract) -> list[DeductionRow]:
    return [DeductionRow(row.kind, row.name, f"{row.amount.normalize() + 0:f}") for row in contract.deductions]
