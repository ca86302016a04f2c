"""A broker's record: his own page, the bureau's view of it, and both as a file for the title review."""

import io

from flask import Blueprint, Response, render_template, send_file
from flask_babel import gettext as _

from matchmaker.domain.people import Role
from matchmaker.services.broker_records.exporting import record_pdf, record_workbook
from matchmaker.services.broker_records.reading import COHORT_RULE, BrokerRecord, broker_record
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("broker_records", __name__)

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


@blueprint.get("/my-record")
@role_required(Role.BROKER)
def mine() -> str:
    """The viewer's own."""
    return _page(_record(_own_id()))


@blueprint.get("/my-record/workbook")
@role_required(Role.BROKER)
@limiter.limit("60/hour", key_func=by_person)
def my_workbook() -> Response:
    """The viewer's own as a workbook."""
    return _workbook(_record(_own_id()))


@blueprint.get("/my-record/pdf")
@role_required(Role.BROKER)
@limiter.limit("60/hour", key_func=by_person)
def my_pdf() -> Response:
    """The viewer's own as PDF."""
    return _pdf(_record(_own_id()))


@blueprint.get("/brokers/<int:user_id>/record")
@role_required(Role.BUREAU, Role.ADMIN)
def show(user_id: int) -> str:
    """A broker's, for the bureau."""
    return _page(_record(user_id))


@blueprint.get("/brokers/<int:user_id>/record/workbook")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("60/hour", key_func=by_person)
def workbook(user_id: int) -> Response:
    """A broker's as a workbook."""
    return _workbook(_record(user_id))


@blueprint.get("/brokers/<int:user_id>/record/pdf")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("60/hour", key_func=by_person)
def pdf(user_id: int) -> Response:
    """A broker's as PDF."""
    return _pdf(_record(user_id))


def _own_id() -> int:
    return current_actor().user_id or 0


def _record(user_id: int) -> BrokerRecord:
    return broker_record(session(), current_actor(), user_id)


def _page(record: BrokerRecord) -> str:
    is_own = record.broker_id == _own_id()
    return render_template("broker_records/show.html", record=record, is_own=is_own, cohort_rule=COHORT_RULE)


def _workbook(record: BrokerRecord) -> Response:
    return _file(record_workbook(record, translate), EXCEL, f"{record.name} {_('业绩档案')}.xlsx")


def _pdf(record: BrokerRecord) -> Response:
    return _file(record_pdf(record, translate), PDF, f"{record.name} {_('业绩档案')}.pdf")


def _file(content: bytes, media_type: str, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
