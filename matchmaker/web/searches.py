"""Saved searches and followed fields: the list, one with what it has found, saving from the search page."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.listings import ListingKind
from matchmaker.services.saved_searches import (
    can_share,
    change_search,
    delete_search,
    follow_field,
    get_search,
    hits_of,
    list_rows,
    request_of,
    save_search,
)
from matchmaker.services.searching import SearchRequest
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.search import MAX_TYPED, TABLES

blueprint = Blueprint("searches", __name__)


@blueprint.get("/saved-searches")
@signed_in
def index() -> str:
    """Mine, and a way to follow a field."""
    return _index()


@blueprint.post("/saved-searches")
@signed_in
@limiter.limit("60 per hour", key_func=by_person)
def save() -> Response | tuple[str, int]:
    """Save what the search page shows, or what was filled in."""
    try:
        search = save_search(session(), current_actor(), _request(), request.form.get("name", ""))
    except Invalid as error:
        return _index(error), 422
    flash(_("已保存“%(name)s”。有新内容发布时会告诉您。", name=search.name), "success")
    return redirect(url_for(".detail", search_id=search.id), 303)


@blueprint.post("/saved-searches/fields")
@signed_in
@limiter.limit("60 per hour", key_func=by_person)
def follow() -> Response | tuple[str, int]:
    """Follow a field."""
    try:
        search = follow_field(session(), current_actor(), request.form.get("field", ""), _kind())
    except Invalid as error:
        return _index(error), 422
    flash(_("已关注“%(name)s”。有新内容发布时会告诉您。", name=search.name), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/saved-searches/<int:search_id>")
@signed_in
def detail(search_id: int) -> str:
    """One search: what it has found, and how to change it."""
    return _detail(search_id)


@blueprint.post("/saved-searches/<int:search_id>")
@signed_in
def change(search_id: int) -> Response | tuple[str, int]:
    """Change name, words or facets."""
    try:
        name, asked = request.form.get("name", ""), _request()
        shared = request.form.get("shared") == "1" if "sharing" in request.form else None
        change_search(session(), current_actor(), search_id, asked, name, shared=shared)
    except Invalid as error:
        return _detail(search_id, error), 422
    flash(_("已保存。"), "success")
    return redirect(url_for(".detail", search_id=search_id), 303)


@blueprint.post("/saved-searches/<int:search_id>/delete")
@signed_in
def delete(search_id: int) -> Response:
    """Forget it."""
    delete_search(session(), current_actor(), search_id)
    flash(_("已删除，不会再为它发通知。"), "success")
    return redirect(url_for(".index"), 303)


def _kind() -> str | None:
    kind = request.form.get("kind")
    return kind if kind in set(ListingKind) else None


def _request() -> SearchRequest:
    """Read the form; an unknown value narrows nothing."""
    chosen = {name: value for name, table in TABLES.items() if (value := request.form.get(name)) in codes.table(table)}
    return replace(SearchRequest(request.form.get("q", "")[:MAX_TYPED], kind=_kind()), **chosen)  # type: ignore[arg-type]


def _index(error: Invalid | None = None) -> str:
    rows = list_rows(session(), current_actor())
    return render_template(
        "searches/index.html", rows=rows, error=error, fields=codes.table("contract_fields"), tables=TABLES
    )


def _detail(search_id: int, error: Invalid | None = None) -> str:
    actor = current_actor()
    search = get_search(session(), actor, search_id)
    args: dict[str, Any] = {"q": search.text or None, **request_of(search).chosen()}
    return render_template(
        "searches/detail.html",
        search=search,
        can_share=can_share(session(), actor),
        hits=hits_of(session(), actor, search),
        args=args,
        error=error,
        typed=request.form,
        tables=TABLES,
        choices={name: codes.table(table) for name, table in TABLES.items()},
    )
