"""Evidence records: entered, approved by a second person, corrected by a later one."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BareResponse

from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.evidence_records import EvidenceRecord, RecordState
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_enter_records
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.definitions import definitions
from matchmaker.services.ledger.records import (
    approve_record,
    can_decide,
    corrections_of,
    dismiss_record,
    enter_record,
    evidence_indicators,
    get_record,
    records_page,
)
from matchmaker.services.uploads import StoredFile
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.ledger import RecordForm
from matchmaker.web.language import translate
from matchmaker.web.ledger.blueprint import REFUSED, blueprint
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import handed_out, received_file

STATES = tuple(RecordState)


@blueprint.get("/ledger/records")
@role_required(Role.BUREAU, Role.ADMIN)
def records() -> str:
    """What was entered, what waits for a second person first."""
    state, indicator = request.args.get("state"), request.args.get("indicator")
    chosen = state if state in set(STATES) else None
    page = records_page(session(), current_actor(), indicator=indicator or None, state=chosen, page=page_number())
    shown = definitions(session(), today().year)
    return render_template(
        "ledger/records.html",
        page=page,
        definitions={each.indicator: each for each in shown},
        provable=evidence_indicators(session(), today().year),
        states=STATES,
        chosen={"state": chosen, "indicator": indicator},
    )


@blueprint.get("/ledger/records/new")
@role_required(Role.BUREAU)
def new_record() -> str:
    """The form of a record, of the indicator that `?indicator=` names."""
    _require_enterer()
    return _form(RecordForm(formdata=None, indicator=request.args.get("indicator", ""), on=today()))


@blueprint.post("/ledger/records/new")
@role_required(Role.BUREAU)
@limiter.limit("300/hour", key_func=by_person)
def enter() -> BareResponse | tuple[str, int]:
    """Enter a record; what was typed is shown again where it is refused."""
    return _entered(None)


@blueprint.get("/ledger/records/<int:record_id>")
@role_required(Role.BUREAU, Role.ADMIN)
def record(record_id: int) -> str:
    """One record: what it proves, by whom, and what became of it."""
    return _page(_load(record_id))


@blueprint.get("/ledger/records/<int:record_id>/correct")
@role_required(Role.BUREAU)
def correction(record_id: int) -> str:
    """The form of a record that takes the place of this one."""
    corrected = _load(record_id)
    _require_enterer()
    return _form(RecordForm.of(corrected), corrected)


@blueprint.post("/ledger/records/<int:record_id>/correct")
@role_required(Role.BUREAU)
@limiter.limit("300/hour", key_func=by_person)
def correct(record_id: int) -> BareResponse | tuple[str, int]:
    """Enter a record that takes the place of this one once it is approved."""
    return _entered(record_id)


@blueprint.post("/ledger/records/<int:record_id>/approve")
@role_required(Role.BUREAU)
def approve(record_id: int) -> BareResponse:
    """Let a record count."""
    approve_record(session(), current_actor(), _load(record_id))
    flash(_("记录已确认，计入台账。"), "success")
    return redirect(url_for(".record", record_id=record_id), 303)


@blueprint.post("/ledger/records/<int:record_id>/dismiss")
@role_required(Role.BUREAU)
def dismiss(record_id: int) -> BareResponse | tuple[str, int]:
    """Refuse a record, with a reason."""
    entered = _load(record_id)
    try:
        dismiss_record(session(), current_actor(), entered, request.form.get("reason", ""))
    except Invalid as error:
        return _page(entered, translate(error)), REFUSED
    flash(_("记录未通过，登记人可以看到原因并重新登记。"), "success")
    return redirect(url_for(".record", record_id=record_id), 303)


@blueprint.get("/ledger/records/<int:record_id>/file")
@role_required(Role.BUREAU, Role.ADMIN)
def record_file(record_id: int) -> Response:
    """Hand out the document of a record."""
    entered = _load(record_id)
    if entered.sha256 is None:
        raise NotFound(N_("没有找到这个文件。"))
    return handed_out(entered.sha256, entered.media_type or "", entered.file_name or "")


def _load(record_id: int) -> EvidenceRecord:
    return get_record(session(), current_actor(), record_id)


def _require_enterer() -> None:
    if not can_enter_records(current_actor()):
        raise Forbidden(N_("记录由科技局和分中心登记。"))


def _entered(corrects_id: int | None) -> BareResponse | tuple[str, int]:
    actor, form = current_actor(), RecordForm()
    # Checked and stored before the database is locked for its row.
    with platform().database.read() as reading:
        corrected = get_record(reading, actor, corrects_id) if corrects_id is not None else None
    _require_enterer()
    try:
        stored = _received()
        corrects = _load(corrects_id) if corrects_id is not None else None
        entered = enter_record(session(), actor, form.draft(), stored, corrects=corrects)
    except Invalid as error:
        attach_errors(form, error)
        return _form(form, corrected), REFUSED
    except Conflict as error:
        form.form_errors.append(translate(error))
        return _form(form, corrected), 409
    flash(_("记录已登记，由另一位同事确认后计入台账。"), "success")
    return redirect(url_for(".record", record_id=entered.id), 303)


def _received() -> StoredFile | None:
    upload = request.files.get("file")
    return received_file() if upload is not None and upload.filename else None


def _form(form: RecordForm, corrects: EvidenceRecord | None = None) -> str:
    year = today().year
    return render_template(
        "ledger/record_form.html",
        form=form.offer(evidence_indicators(session(), year), branches(session())),
        corrects=corrects,
    )


def _page(entered: EvidenceRecord, fault: str = "") -> str:
    shown = {each.indicator: each for each in definitions(session(), entered.on.year)}
    return render_template(
        "ledger/record.html",
        record=entered,
        definition=shown.get(entered.indicator),
        may_decide=can_decide(current_actor(), entered),
        corrections=corrections_of(session(), entered),
        fault=fault,
    )
