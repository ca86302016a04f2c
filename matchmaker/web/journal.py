"""The journal's page: the latest entries, the chain's end to note down, and having everything verified."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import Deal
from matchmaker.domain.language import unpack
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Role
from matchmaker.services.jobs import view_job
from matchmaker.services.journal.jobs import last_verification, order_verification, running_verification
from matchmaker.services.journal.lists import SUBJECT_NAMES, journal_page, subject_kinds
from matchmaker.services.journal.subjects import verify_own
from matchmaker.services.journal.witnesses import is_watching, last_witnessed, unwatch, watch
from matchmaker.web.access import current_actor, is_htmx, role_required, signed_in
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("journal", __name__)


@blueprint.get("/journal")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """The latest entries, of what `?kind=`, `?subject=` and `?on=` name."""
    kind = request.args.get("kind")
    kind = kind if kind in subject_kinds() else None
    subject, on = number_of(request.args.get("subject")), _day(request.args.get("on", ""))
    page = journal_page(session(), current_actor(), kind=kind, subject_id=subject, on=on, page=page_number())
    running, last = running_verification(session()), last_verification(session())
    result = last.result if last else {}
    actor = current_actor()
    return render_template(
        "journal/index.html",
        page=page,
        names=SUBJECT_NAMES,
        kinds=subject_kinds(),
        chosen={"kind": kind, "subject": subject, "on": on.isoformat() if on else None},
        running=view_job(running) if running else None,
        last=view_job(last) if last else None,
        watching=is_watching(session(), actor),
        witnessed=last_witnessed(session()),
        broken=unpack(result["broken"]) if result.get("broken") else None,
    )


@blueprint.post("/journal/verify")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("30/hour", key_func=by_person)
def verify() -> Response:
    """Have the whole journal verified by the worker."""
    order_verification(session(), current_actor())
    flash(_("已开始核对，后台进程完成后刷新本页即可看到结果。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/journal/watch")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("30/hour", key_func=by_person)
def watch_head() -> Response:
    """Have the chain's end mailed to me each day, or no more."""
    if request.form.get("watch") == "1":
        watch(session(), current_actor())
        flash(_("已设置：每天把末端指纹发到您的邮箱。"), "success")
    else:
        unwatch(session(), current_actor())
        flash(_("不再把末端指纹发给您。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/journal/deals/<int:deal_id>/verify")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def verify_deal(deal_id: int) -> Response | str:
    """Verify what the journal holds of a deal."""
    return _verified(Deal.subject_kind, deal_id, url_for("deals.detail", deal_id=deal_id))


@blueprint.post("/journal/contracts/<int:contract_id>/verify")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def verify_contract(contract_id: int) -> Response | str:
    """Verify what the journal holds of a contract."""
    return _verified(Contract.subject_kind, contract_id, url_for("contracts.detail", contract_id=contract_id))


@blueprint.post("/journal/<kind:kind>/<int:listing_id>/verify")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def verify_listing(kind: str, listing_id: int) -> Response | str:
    """Verify what the journal holds of a listing and its revisions."""
    page = url_for("listings.detail", kind=kind, listing_id=listing_id)
    return _verified(Listing.subject_kind, listing_id, page)


def _verified(kind: str, subject_id: int, page: str) -> Response | str:
    """Answer with a sentence: in its place where a script asks, else on the subject's page."""
    found = verify_own(session(), current_actor(), kind, subject_id)
    if is_htmx():
        return render_template("journal/_own.html", found=found)
    flash(translate(found.sentence), "danger" if found.broken else "success")
    return redirect(page, 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
