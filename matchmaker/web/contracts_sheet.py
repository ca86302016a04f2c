"""Registration form data of contracts as a spreadsheet: taking it along, bringing it back."""

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import can_list_contracts
from matchmaker.services.contracts_sheet.columns import COLUMNS
from matchmaker.services.contracts_sheet.faults import CellFault, SheetFaults
from matchmaker.services.contracts_sheet.opening import MOST_BYTES, MOST_ROWS, open_sheet
from matchmaker.services.contracts_sheet.reading import MOST_CHANGED, take_sheet
from matchmaker.services.contracts_sheet.writing import write_sheet
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("contracts_sheet", __name__)

REFUSED = 422
NAME = N_("技术合同登记表数据")


@blueprint.get("/contracts/sheet")
@signed_in
def index() -> str:
    """How the sheet goes out and in."""
    _require()
    return _page()


@blueprint.get("/contracts/sheet/file")
@signed_in
@limiter.limit("30/hour", key_func=by_person)
def export() -> Response | tuple[str, int]:
    """The contracts that the viewer may see as a workbook."""
    _require()
    try:
        content = write_sheet(session(), current_actor())
    except Invalid as error:
        return _page(error), REFUSED
    name = f"{_(NAME)}_{today():%Y%m%d}.xlsx"
    response = send_file(io.BytesIO(content), mimetype=MEDIA_TYPES["xlsx"], as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/contracts/sheet")
@signed_in
@limiter.limit("30/hour", key_func=by_person)
def bring_back() -> BaseResponse | tuple[str, int]:
    """Write what a changed sheet says, all of it or nothing."""
    _require()
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Invalid(N_("请先选择要上传的文件。"))
        rows = open_sheet(upload.stream.read(MOST_BYTES + 1))
        changed = take_sheet(session(), current_actor(), rows)
    except Invalid as error:
        return _page(error), REFUSED
    flash(_("已导入，改动的合同：%(count)s 份。", count=changed), "success")
    return redirect(url_for(".index"), 303)


def _page(error: Invalid | None = None) -> str:
    faults: tuple[CellFault, ...] = error.faults if isinstance(error, SheetFaults) else ()
    return render_template(
        "contracts_sheet/index.html",
        columns=COLUMNS,
        error=error,
        faults=faults,
        most_bytes=MOST_BYTES,
        most_rows=MOST_ROWS,
        most_changed=MOST_CHANGED,
    )


def _require() -> None:
    if not can_list_contracts(current_actor()):
        raise Forbidden(N_("请先加入一个单位，再查看合同。"))
