"""Matches: lists of pairs, one pair with its reasons, decisions, and pairs proposed by hand."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.matches import Decision
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_see_all_matches
from matchmaker.domain.showings import ListKind
from matchmaker.services.agreements import agreements_of
from matchmaker.services.comparison import compare
from matchmaker.services.decisions import can_decide, decide, decision_journal, withdraw_decision
from matchmaker.services.evidence import EvidenceView, evidence_of
from matchmaker.services.listings import get_listing
from matchmaker.services.match_progress import progress_of
from matchmaker.services.match_queries import MatchFilter, Standing
from matchmaker.services.match_reports import can_report
from matchmaker.services.match_views import MatchView, view_match
from matchmaker.services.matches import LIST_LENGTH, get_match, load_match, match_page, matches_of
from matchmaker.services.my_matches import my_matches
from matchmaker.services.projection import project
from matchmaker.services.proposals import pick_listing, propose_match
from matchmaker.services.questions import askable, can_ask
from matchmaker.services.searching import SearchRequest, search
from matchmaker.services.shaping.telling import shaping_of
from matchmaker.web.access import current_actor, is_htmx, role_required, safe_next, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.evidence import ask_for_evidence
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.showings import note_list, note_opening
from matchmaker.web.visits import note_visit

blueprint = Blueprint("matches", __name__)

GRADES = {3: _l("强"), 2: _l("较强及以上"), 1: _l("弱及以上"), 0: _l("全部")}
# A pair graded 无 is stored, so that a list is never empty for want of looking, but shown only when asked for.
LEAST_GRADE = 1
ALL = "all"
# What one has called unsuitable leaves the list unless it is asked for.
STANDINGS = {
    Standing.OPEN: _l("进行中"),
    Standing.UNDECIDED: _l("尚未处理"),
    Decision.INTERESTED: _l("感兴趣"),
    Decision.SHORTLISTED: _l("候选"),
    Decision.UNSUITABLE: _l("不合适"),
    Standing.WANTED: _l("对方感兴趣"),
    Standing.MUTUAL: _l("双方都感兴趣"),
    ALL: _l("全部"),
}
MAX_TYPED = 200
PANEL_LENGTH = 5


@blueprint.app_template_global()
def choices_of(table: str) -> list[tuple[str, str]]:
    """Offer a code table's rows to templates that are imported and have no context."""
    return codes.table(table).choices()


@blueprint.get("/matches")
@signed_in
def index() -> str:
    """One's own listings with their best matches; for those who see all, every pair."""
    actor, chosen = current_actor(), _filter()
    shown = _list_context(chosen)
    if can_see_all_matches(actor):
        page = match_page(session(), actor, chosen, page_number())
        note_list(ListKind.ALL, page.matches, first=page.first)
        return render_template("matches/all.html", page=page, fields=codes.table("contract_fields"), **shown)
    kind = request.args.get("kind") if request.args.get("kind") in set(ListingKind) else None
    mine = my_matches(session(), actor, chosen, page_number(), kind, only_matched=_is_filtered(chosen))
    for row in mine.rows:
        note_list(ListKind.MINE, row.matches, listing_id=row.listing.id)
    return render_template("matches/mine.html", page=mine, kind=kind, shaping=shaping_of(session(), actor), **shown)


@blueprint.get("/listings/<int:listing_id>/matches")
@signed_in
def of_listing(listing_id: int) -> str:
    """The best matches of one listing: a page, or for htmx the panel on the listing's own page."""
    actor, chosen = current_actor(), _filter()
    listing = get_listing(session(), actor, listing_id)
    template, limit = ("matches/_panel.html", PANEL_LENGTH) if is_htmx() else ("matches/of_listing.html", LIST_LENGTH)
    found = matches_of(session(), actor, listing, limit, chosen)
    note_list(ListKind.LISTING, found, listing_id=listing.id)
    shaping = shaping_of(session(), actor, listing)
    is_matched, shown = listing.matched_revision > 0, project(listing, actor)
    shown_with = {"is_matched": is_matched, "shaping": shaping, **_list_context(chosen)}
    return render_template(template, listing=shown, matches=found, **shown_with)


@blueprint.get("/matches/<int:match_id>")
@signed_in
def detail(match_id: int) -> str:
    """One pair, both sides, its reasons and decisions; for htmx, which waits for it, the evidence alone."""
    if is_htmx():
        match = get_match(session(), current_actor(), match_id)
        return render_template("matches/_evidence.html", match=match, evidence=_evidence(match))
    return _detail(match_id)


@blueprint.post("/matches/<int:match_id>/decision")
@signed_in
@limiter.limit("120/minute", key_func=by_person)
def decision(match_id: int) -> Response | str | tuple[str, int]:
    """Decide about a pair for one's organization."""
    form = request.form
    try:
        decide(
            session(),
            current_actor(),
            match_id,
            form.get("decision", ""),
            reason=form.get("reason"),
            note=form.get("note"),
            agreed=form.get("agreed") == "yes",
        )
    except Invalid as error:
        # The form stands on a card among others: what is wrong is shown there, with what was typed.
        return _decision_answer(match_id, error), 422
    return _after_decision(match_id, _("已记录。"))


@blueprint.post("/matches/<int:match_id>/decision/withdraw")
@signed_in
def withdraw(match_id: int) -> Response | str:
    """Take the decision of one's organization back."""
    withdraw_decision(session(), current_actor(), match_id)
    return _after_decision(match_id, _("已撤销。"))


@blueprint.get("/matches/propose")
@role_required(Role.BROKER)
def propose_form() -> str:
    """Choose a need and an achievement by searching, step by step; works by links alone."""
    return _propose_page()


@blueprint.post("/matches/propose")
@role_required(Role.BROKER)
@limiter.limit("60/minute", key_func=by_person)
def propose() -> Response | tuple[str, int]:
    """Store the chosen pair."""
    need_id, achievement_id = (request.form.get(kind, type=int) or 0 for kind in ListingKind)
    try:
        proposal = propose_match(
            session(), current_actor(), platform().engine, need_id, achievement_id, request.form.get("note")
        )
    except Invalid as error:
        return _propose_page(error), 422
    flash(_("已推荐这一对匹配。") if proposal.is_new else _("这一对此前已有人推荐，下面是原有的记录。"), "success")
    return redirect(url_for("matches.detail", match_id=proposal.match.id), 303)


def _detail(match_id: int, error: Invalid | None = None) -> str:
    actor = current_actor()
    row = load_match(session(), actor, match_id)
    match = view_match(row, actor)
    note_opening(match)
    for view in (match.need, match.achievement):
        if view.organization_id != actor.organization_id:
            note_visit(view.id)
    return render_template(
        "matches/detail.html",
        match=match,
        comparison=compare(match),
        reports=can_report(actor, match),
        evidence=_evidence(match),
        asks=askable(session(), actor, row) if can_ask(actor, row) else None,
        agreement=next(iter(agreements_of(session(), actor, row)), None),
        journal=decision_journal(session(), actor, match_id),
        progress=progress_of(session(), actor, row, match),
        **_decision_context(error),
    )


def _evidence(match: MatchView) -> EvidenceView:
    """What answers which sentence; where it is not there yet, the worker is asked for it."""
    evidence = evidence_of(session(), match.id, match.need, match.achievement)
    if request.method == "GET" and not (evidence.is_ready or evidence.is_wanted):
        ask_for_evidence(match.id)
    return evidence


def _decision_context(error: Invalid | None = None) -> dict[str, Any]:
    typed = {name: request.form.get(name, "") for name in ("decision", "reason", "note")}
    return {"decides": can_decide(current_actor()), "error": error, "typed": typed}


def _decision_answer(match_id: int, error: Invalid | None = None) -> str:
    if not is_htmx():
        return _detail(match_id, error)
    match = get_match(session(), current_actor(), match_id)
    return render_template("matches/_decision.html", match=match, **_decision_context(error))


def _after_decision(match_id: int, sentence: str) -> Response | str:
    is_part = is_htmx()
    if is_part and not _stands_on_detail(match_id):
        return _decision_answer(match_id)
    flash(sentence, "success")
    if is_part:
        # Contact, agreement and journal of the pair's own page follow from the decision.
        return Response(headers={"HX-Refresh": "true"})
    return redirect(safe_next(url_for("matches.detail", match_id=match_id)), 303)


def _stands_on_detail(match_id: int) -> bool:
    address = urlsplit(request.headers.get("HX-Current-URL", ""))
    return address.path == url_for("matches.detail", match_id=match_id)


def _propose_page(error: Invalid | None = None) -> str:
    values = request.values
    pickers = {kind.value: _picker(kind) for kind in ListingKind}
    return render_template("matches/propose.html", pickers=pickers, error=error, note=values.get("note", "")[:2000])


def _picker(kind: ListingKind) -> dict[str, Any]:
    """What one side of the proposal shows: the chosen listing, or a search and what it found."""
    actor, values = current_actor(), request.values
    chosen = pick_listing(session(), actor, values.get(kind, type=int), kind)
    text = values.get(f"{kind}_q", "")[:MAX_TYPED]
    found = None
    if chosen is None:
        found = search(session(), actor, platform().engine, SearchRequest(text=text, kind=kind))
    return {"chosen": chosen, "text": text, "found": found}


def _list_context(chosen: MatchFilter) -> dict[str, Any]:
    """What every list of pairs needs beside its rows."""
    arguments = {
        "grade": None if chosen.grade == LEAST_GRADE else chosen.grade,
        "field": chosen.field,
        "decided": None if chosen.decided == Standing.OPEN else chosen.decided or ALL,
    }
    offered = {"grades": GRADES, "standings": STANDINGS, "decides": can_decide(current_actor())}
    return {"chosen": chosen, "args": arguments, "is_filtered": _is_filtered(chosen), **offered}


def _is_filtered(chosen: MatchFilter) -> bool:
    narrows = chosen.decided not in {None, Standing.OPEN}
    return narrows or chosen.field is not None or (chosen.grade or 0) > LEAST_GRADE


def _filter() -> MatchFilter:
    """What the address narrows by; whatever is unknown narrows nothing."""
    grade = request.args.get("grade", type=int)
    field, decided = request.args.get("field"), request.args.get("decided")
    return MatchFilter(
        grade=grade if grade in GRADES else LEAST_GRADE,
        field=field if field in codes.table("contract_fields") else None,
        decided=None if decided == ALL else decided if decided in STANDINGS else Standing.OPEN,
    )
