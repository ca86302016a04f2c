"""Doubles in the register: found, compared side by side, merged with two pairs of eyes."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.merges import Merge
from matchmaker.domain.people import Organization, Role
from matchmaker.services.doubles import find_doubles
from matchmaker.services.merging import (
    call_different,
    can_carry_out,
    carry_out_merge,
    get_merge,
    preview_merge,
    propose_merge,
    proposed_merges,
    reject_merge,
)
from matchmaker.services.organization_history import subject_history
from matchmaker.services.organizations import get_organization
from matchmaker.services.verification_desk import other_verifiers
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.organizations import MergeForm
from matchmaker.web.language import translate
from matchmaker.web.organizations.blueprint import REFUSED, blueprint
from matchmaker.web.organizations.desk import waiting_counts
from matchmaker.web.organizations.timelines import organization_timeline


@blueprint.get("/organizations/doubles")
@role_required(Role.BUREAU, Role.ADMIN)
def doubles() -> str:
    """Proposals that wait, and organizations that look like one."""
    actor = current_actor()
    return render_template(
        "organizations/doubles.html",
        proposals=proposed_merges(session(), actor),
        doubles=find_doubles(session(), actor),
        waiting=waiting_counts(),
    )


@blueprint.get("/organizations/compare")
@role_required(Role.BUREAU, Role.ADMIN)
def compare() -> str:
    """Two organizations side by side."""
    kept, merged = _two(request.args.get("a"), request.args.get("b"))
    return _compare_page(kept, merged, MergeForm(keep=kept.id))


@blueprint.post("/organizations/compare")
@role_required(Role.BUREAU, Role.ADMIN)
def propose() -> tuple[str, int] | Response:
    """Propose that they are merged, or note that they are different."""
    first, second = _two(request.form.get("a"), request.form.get("b"))
    form, actor = MergeForm(), current_actor()
    try:
        if form.validate_on_submit():
            if request.form.get("then") == "different":
                call_different(session(), actor, first, second, reason=form.reason.data or "")
                flash(_("已记录为不同单位，以后不再提示。"), "success")
                return redirect(url_for(".doubles"), 303)
            kept, merged = (second, first) if form.keep.data == second.id else (first, second)
            made = propose_merge(session(), actor, kept, merged, reason=form.reason.data or "")
            flash(_("已提议合并，等待另一位同事复核。"), "success")
            return redirect(url_for(".merge", merge_id=made.id), 303)
    except Invalid as error:
        attach_errors(form, error)
    except Conflict as error:
        attach_errors(form, Invalid(error.sentence))
    return _compare_page(first, second, form), REFUSED


@blueprint.get("/merges/<int:merge_id>")
@role_required(Role.BUREAU, Role.ADMIN)
def merge(merge_id: int) -> str:
    """One proposal: what would move, and the second pair of eyes."""
    return _merge_page(get_merge(session(), current_actor(), merge_id))


@blueprint.post("/merges/<int:merge_id>/carry-out")
@role_required(Role.BUREAU, Role.ADMIN)
def carry_out(merge_id: int) -> Response:
    """Merge."""
    done = carry_out_merge(session(), current_actor(), merge_id)
    flash(_("已合并。旧链接会自动转到“%(name)s”。", name=done.kept.name), "success")
    return redirect(url_for(".merge", merge_id=merge_id), 303)


@blueprint.post("/merges/<int:merge_id>/reject")
@role_required(Role.BUREAU, Role.ADMIN)
def reject(merge_id: int) -> Response:
    """Leave the two apart."""
    reject_merge(session(), current_actor(), merge_id, note=request.form.get("note", ""))
    flash(_("已记录，两个单位保持不变。"), "success")
    return redirect(url_for(".doubles"), 303)


def _two(first: str | None, second: str | None) -> tuple[Organization, Organization]:
    found = [get_organization(session(), current_actor(), number_of(value) or 0) for value in (first, second)]
    if found[0] is found[1]:
        raise NotFound(N_("这两个单位已经是同一个单位。"))
    return found[0], found[1]


def _compare_page(first: Organization, second: Organization, form: MergeForm) -> str:
    actor = current_actor()
    form.keep.choices = [(row.id, row.name) for row in (first, second)]
    try:
        moves = {
            first.id: preview_merge(session(), actor, first, second),
            second.id: preview_merge(session(), actor, second, first),
        }
        hindrance = None
    except Conflict as error:
        moves, hindrance = {}, translate(error)
    return render_template(
        "organizations/compare.html", first=first, second=second, form=form, moves=moves, hindrance=hindrance
    )


def _merge_page(found: Merge) -> str:
    actor, preview, hindrance = current_actor(), None, None
    if found.state == "proposed":
        try:
            preview = preview_merge(session(), actor, found.kept, found.merged)
        except Conflict as error:
            hindrance = translate(error)
    return render_template(
        "organizations/merge.html",
        merge=found,
        preview=preview,
        hindrance=hindrance,
        may_carry_out=can_carry_out(actor, found),
        others=other_verifiers(session(), actor),
        entries=organization_timeline(subject_history(session(), actor, "merge", found.id)),
    )
