"""Writing imported rows: new listings, new revisions of those that are there, nothing where nothing changed.

Rows are planned first, against what the database holds and without changing it, which is also what a dry run does;
then a batch of plans is carried out with one flush for all new listings.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.fields import Layer
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.layers import stricter
from matchmaker.domain.listings import REVISION_CLASSES, Listing, Revision, Visibility
from matchmaker.domain.listings import ListingState as S
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_edit_listing, can_import_for_all, can_post_for_client, owns
from matchmaker.domain.states import move
from matchmaker.services import review
from matchmaker.services.imports.existing import ACTION, Existing
from matchmaker.services.imports.options import Arrival
from matchmaker.services.imports.rows import Entry
from matchmaker.services.reading import apply, missing_for_submission, typed_values
from matchmaker.services.submission import shift

# From the widest to the narrowest.
_VISIBILITIES = (Visibility.PUBLIC, Visibility.ANONYMOUS, Visibility.BROKERS)


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Writing:
    """In which session and for whom rows are written; see `ImportOptions` for `lenient` and `arrival`."""

    session: Session
    actor: Actor
    lenient: bool
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Plan:
    """What one row leads to: a listing with a revision that no session knows yet, or a `waiting` one to be moved on."""

    entry: Entry
    outcome: Outcome
    listing: Listing
    revision: Revision | None = None
    waiting: Revision | None = None


class Faulty(Exception):
    """A row may not be written; `faults` gives a sentence for each field, "" for the row as a whole."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults.values()))


def plan(
    how: Writing,
    kind: str,
    entry: Entry,
    organization: Organization,
    person_id: int | None,
    existing: Existing | None,
) -> Plan:
    """Plan what a row of an organization leads to; `person_id` answers for a new listing inside it.

    Raises:
        Faulty: it leads to nothing; the faults say why.
    """
    if existing is not None:
        return _plan_update(how, existing, entry)
    return _plan_new(how, kind, entry, organization, person_id)


def _plan_new(how: Writing, kind: str, entry: Entry, organization: Organization, owner_id: int | None) -> Plan:
    listing = Listing(kind=kind, organization=organization, owner_id=owner_id, external_id=entry.external_id)
    if can_post_for_client(how.actor):
        listing.broker_id = how.actor.user_id
    listing.state = S.DRAFT
    revision = _revision(kind, entry.values)
    revision.layers = dict(entry.layers)
    revision.listing = listing
    _check(how, revision)
    listing.visibility, listing.working_revision = revision.visibility, revision
    return Plan(entry, Outcome.CREATED, listing, revision)


def _plan_update(how: Writing, existing: Existing, entry: Entry) -> Plan:
    """What people wrote since is not undone by a row that did not change. A row never shows more than the listing."""
    listing = existing.listing
    if not (can_import_for_all(how.actor) or can_edit_listing(how.actor, listing)):
        raise Faulty({"": Sentence(N_("这条内容由该单位自己发布，您不能覆盖。"))})
    latest = listing.working_revision or listing.current
    values = dict(entry.values) | {"visibility": _narrower(listing.visibility, entry.values.get("visibility"))}
    if values.get("language") == latest.language:
        del values["language"]  # told from the text or stated: the row says nothing new
    revision = _revision(listing.kind, typed_values(latest), values)
    revision.layers = _closed_further(latest.layers, entry.layers)
    same = typed_values(revision) == typed_values(latest) and revision.layers == latest.layers
    if same or existing.content == content_hash(entry):
        return _plan_unchanged(how, existing, entry)
    _require_free(existing)
    with how.session.no_autoflush:
        revision.listing = listing
        try:
            _check(how, revision)
        finally:
            revision.listing = None  # type: ignore[assignment]  # a plan changes nothing; see `_attach`
    return Plan(entry, Outcome.CHANGED, listing, revision)


def carry_out(how: Writing, plans: Sequence[Plan]) -> None:
    """Write what was planned in this session; the caller commits."""
    for plan in plans:
        if plan.outcome is Outcome.CREATED and plan.revision is not None:
            plan.revision.author_id = how.actor.user_id
            how.session.add_all((plan.listing, plan.revision))
        elif plan.revision is not None:
            _attach(how, plan.listing, plan.revision)
    how.session.flush()
    for plan in plans:
        revision = plan.revision or plan.waiting
        if revision is not None:
            _arrive(how, plan, revision)


def content_hash(entry: Entry) -> str:
    """Return a hash of what a row says, by which a row that did not change is known."""
    said = dict(entry.values) | {f"{name} layer": layer for name, layer in entry.layers.items()}
    text = repr(sorted((name, str(value)) for name, value in said.items() if value not in (None, ())))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _revision(kind: str, *values: Mapping[str, Any]) -> Revision:
    """Return a revision that no session knows yet, with later values over earlier ones."""
    revision = REVISION_CLASSES[kind](title="", abstract="", visibility=Visibility.PUBLIC, language="zh")
    revision.keywords, revision.cooperation, revision.state, revision.version = [], [], S.DRAFT, 1
    revision.number = 1
    for some in values:
        apply(revision, some)
    return revision


def _check(how: Writing, revision: Revision) -> None:
    if how.arrival is Arrival.DRAFT:
        return
    faults = missing_for_submission(revision)
    if how.lenient:
        faults = {name: fault for name, fault in faults.items() if not _may_lack(revision, name)}
    if faults:
        raise Faulty(faults)


def _may_lack(revision: Revision, name: str) -> bool:
    """Collected lists are incomplete, and late; but a title there must be, and an anonymous row stays anonymous."""
    if name in {"deadline_on", "completed_on"}:
        return True
    return name != "title" and not typed_values(revision)[name]


def _plan_unchanged(how: Writing, existing: Existing, entry: Entry) -> Plan:
    """Plan nothing, or to move on what an earlier import left standing, where that is asked for now."""
    listing, waiting = existing.listing, existing.listing.working_revision
    unchanged = Plan(entry, Outcome.UNCHANGED, listing)
    if waiting is None:
        return unchanged
    if existing.is_untouched_draft and how.arrival is not Arrival.DRAFT:
        _check(how, waiting)
    elif how.arrival is not Arrival.PUBLISHED or waiting.state != S.SUBMITTED or waiting.author_id is not None:
        return unchanged
    return Plan(entry, Outcome.CHANGED, listing, waiting=waiting)


def _require_free(existing: Existing) -> None:
    if existing.listing.state == S.CLOSED:
        raise Faulty({"": Sentence(N_("这条内容已经结束，不再更新。"))})
    working = existing.listing.working_revision
    if working is None or existing.is_untouched_draft:
        return
    if working.state == S.CONFIRMING:
        raise Faulty({"": Sentence(N_("这条内容正等客户确认，没有覆盖。"))})
    if working.state == S.DRAFT:
        raise Faulty({"": Sentence(N_("有人正在平台上修改这条内容，没有覆盖。"))})


def _attach(how: Writing, listing: Listing, revision: Revision) -> None:
    """Put a revision in the place of the working one."""
    session, former = how.session, listing.working_revision
    highest = sa.select(sa.func.max(Revision.number)).where(Revision.listing_id == listing.id)
    revision.number, revision.author_id = (session.scalar(highest) or 0) + 1, how.actor.user_id
    revision.listing = listing
    session.add(revision)
    if former is not None:
        move(session, former, S.DISCARDED, how.actor)
    listing.working_revision = revision
    if not listing.is_live:
        listing.visibility = revision.visibility


def _arrive(how: Writing, plan: Plan, revision: Revision) -> None:
    """Note the import in the journal and move the revision as far as is asked."""
    session, listing, content = how.session, plan.listing, content_hash(plan.entry)
    data: dict[str, Any] = {"row": plan.entry.number, "content": content, "revision": revision.number}
    if plan.revision is not None:
        record(session, how.actor, ACTION, Listing.subject_kind, listing.id, **data)
    if how.arrival is Arrival.DRAFT:
        _call_back(how, listing)
        return
    if revision.state == S.DRAFT:
        _submit(how, listing, revision)
    if how.arrival is Arrival.PUBLISHED:
        _publish(how, plan, revision)


def _submit(how: Writing, listing: Listing, revision: Revision) -> None:
    """Hand a revision to the review desk; what a broker imports goes to his client for confirmation first."""
    actor, now = how.actor, utc_now()
    if actor.signed_in:
        revision.declared_at = now  # the person has declared it for the whole list
    if can_post_for_client(actor) and not owns(actor, listing):
        _call_back(how, listing)
        shift(how.session, actor, listing, revision, S.CONFIRMING)
        return
    if owns(actor, listing):
        revision.confirmed_at, revision.confirmed_by_id = now, actor.user_id
    revision.submitted_at = now
    if listing.state == S.SUBMITTED:
        move(how.session, revision, S.SUBMITTED, actor)
    else:
        shift(how.session, actor, listing, revision, S.SUBMITTED)


def _call_back(how: Writing, listing: Listing) -> None:
    """Take a listing whose submitted text was replaced by a draft from the review desk."""
    if listing.state == S.SUBMITTED:
        move(how.session, listing, S.DRAFT, how.actor)


def _publish(how: Writing, plan: Plan, revision: Revision) -> None:
    if plan.outcome is Outcome.CREATED:
        # Written in this very transaction: nobody else can have it, so there is nothing to lock or to read anew.
        revision.reviewed_at = utc_now()
        review.put_live(how.session, how.actor, plan.listing, revision, notify=False)
        return
    review.publish(how.session, how.actor, plan.listing, revision.version, notify=False)


def _closed_further(present: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    closed = {name: stricter(Layer(present.get(name, layer)), Layer(layer)) for name, layer in asked.items()}
    return {**present, **{name: str(layer) for name, layer in closed.items()}}


def _narrower(present: str, asked: str | None) -> str:
    return max(present, asked or present, key=lambda code: _VISIBILITIES.index(Visibility(code)))
