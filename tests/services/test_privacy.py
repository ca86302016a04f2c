"""Export of one's personal data, and deletion of the account."""

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Base
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.listings import Listing, ListingState, NeedRevision
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.accounts import authenticate
from matchmaker.services.actors import load_actor
from matchmaker.services.mails import enqueue
from matchmaker.services.privacy import delete_account, export_personal_data
from tests.cast import CHEAP, PASSWORD, Cast, Member, make_member


def _busy(session: Session, member: Member) -> Listing:
    """Let a member leave traces everywhere: a listing with contact data, a draft, a mail, the journal."""
    listing = Listing(
        kind="need", organization_id=member.organization_id, owner_id=member.user_id, state=ListingState.PUBLISHED
    )
    revision = NeedRevision(
        listing=listing,
        title="机密需求",
        author_id=member.user_id,
        contact_name=member.name,
        contact_phone=member.mobile,
        raw={"contact_phone": f"{member.mobile} 转 8", "budget": "很多"},
    )
    session.add_all((listing, revision))
    session.flush()
    enqueue(session, session.get_one(User, member.user_id), "题", f"{member.name}，您好")
    record(session, member.actor, "publish", "listing", listing.id)
    session.flush()
    return listing


def _everything(session: Session) -> str:
    tables = Base.metadata.sorted_tables
    return "\n".join(str(row) for table in tables for row in session.execute(sa.select(table)))


def test_export_holds_everything_about_the_person(session: Session, cast: Cast) -> None:
    listing = _busy(session, cast.alice)
    exported = json.loads(json.dumps(export_personal_data(session, cast.alice.actor)))
    account = exported["account"]
    assert (account["name"], account["email"], account["mobile"]) == ("阿丽娅", cast.alice.email, cast.alice.mobile)
    assert [row["organization_id"] for row in exported["memberships"]] == [cast.alice.organization_id]
    assert [(row["as"], row["id"]) for row in exported["listings"]] == [("owner_id", listing.id)]
    assert [row["body"] for row in exported["mails"]] == ["阿丽娅，您好"]
    assert [row["action"] for row in exported["journal"]] == ["publish"]


def test_export_holds_neither_password_nor_what_belongs_to_others(session: Session, cast: Cast) -> None:
    _busy(session, cast.alice)
    _busy(session, cast.bob)
    text = json.dumps(export_personal_data(session, cast.alice.actor), ensure_ascii=False)
    assert [secret for secret in ("argon2", "机密需求", cast.bob.email, cast.bob.name) if secret in text] == []


def test_export_of_a_visitor_is_refused(session: Session) -> None:
    with pytest.raises(Forbidden):
        export_personal_data(session, Actor.anonymous())


def test_deleted_account_leaves_no_personal_data_anywhere(session: Session, cast: Cast) -> None:
    make_member(session, session.get_one(Organization, 1), "gul", "古丽", cast.alice.actor.role, is_owner=True)  # type: ignore[arg-type]
    _busy(session, cast.alice)
    assert [value in _everything(session) for value in (cast.alice.name, cast.alice.mobile)] == [True, True]
    delete_account(session, cast.alice.actor, password=PASSWORD, hasher=CHEAP)
    session.flush()
    left = _everything(session)
    assert [value for value in (cast.alice.name, cast.alice.email, cast.alice.mobile) if value in left] == []


def test_deleted_account_cannot_be_used_and_its_listings_stay(session: Session, cast: Cast) -> None:
    gul = make_member(session, session.get_one(Organization, 1), "gul", "古丽", cast.alice.actor.role, is_owner=True)  # type: ignore[arg-type]
    listing = _busy(session, cast.alice)
    delete_account(session, cast.alice.actor, password=PASSWORD, hasher=CHEAP)
    session.refresh(listing)
    assert authenticate(session, cast.alice.email, PASSWORD, hasher=CHEAP) is None
    assert load_actor(session, cast.alice.user_id, 1, cast.alice.membership_id) is None
    assert (listing.state, listing.owner_id, listing.organization_id) == ("published", gul.user_id, 1)


def test_deletion_needs_the_password(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        delete_account(session, cast.alice.actor, password="wrong", hasher=CHEAP)
    assert list(refused.value.errors) == ["password"]


def test_deletion_of_the_last_owner_with_running_listings_says_what_to_do(session: Session, cast: Cast) -> None:
    _busy(session, cast.alice)
    with pytest.raises(Conflict, match="请先结束它们，或添加另一位负责人"):
        delete_account(session, cast.alice.actor, password=PASSWORD, hasher=CHEAP)
    assert authenticate(session, cast.alice.email, PASSWORD, hasher=CHEAP) is not None


def test_address_of_a_deleted_account_is_free_again(session: Session, cast: Cast) -> None:
    delete_account(session, cast.mallory.actor, password=PASSWORD, hasher=CHEAP)
    session.add(User(name="新人", email=cast.mallory.email, mobile=cast.mallory.mobile))
    session.flush()
