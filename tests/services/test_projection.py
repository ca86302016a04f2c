"""What each viewer sees of a listing, and what search may know of it."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.embeddings import Scope
from matchmaker.domain.permissions import Actor
from matchmaker.services.projection import document, preview, project, scopes
from tests.cast import Cast
from tests.pairs import publish

SECRETS = {
    "background": "机密背景甲",
    "problem": "机密问题乙",
    "tried": "机密尝试丙",
    "solver_conditions": "机密条件丁",
    "source": "机密来源戊",
}
CONTACT = {"contact_name": "机密联系人己", "contact_phone": "13900001234"}


def _need(session: Session, cast: Cast, visibility: str):
    return publish(session, cast.alice, "need", "叶片防冰", visibility=visibility, **SECRETS, **CONTACT)


def _shown(view: object) -> str:
    return repr(view)


@pytest.mark.parametrize("viewer", ["alice", "carol", "dave", "erin"])
def test_projection_of_anonymous_need_is_whole_for_owner_broker_and_bureau(
    session: Session, cast: Cast, viewer: str
) -> None:
    view = project(_need(session, cast, "anonymous"), cast[viewer].actor)
    assert view.organization_name == "天山机械有限公司"
    assert [view.value(name) for name in (*SECRETS, *CONTACT)] == [*SECRETS.values(), *CONTACT.values()]
    assert view.region == "650104"
    assert view.hidden == ()


@pytest.mark.parametrize("viewer", ["bob", "mallory", "peter", None])
def test_projection_of_anonymous_need_hides_poster_district_and_full_text(
    session: Session, cast: Cast, viewer: str | None
) -> None:
    actor = cast[viewer].actor if viewer else Actor.anonymous()
    view = project(_need(session, cast, "anonymous"), actor)
    text = _shown(view)
    assert [secret for secret in (*SECRETS.values(), *CONTACT.values(), "天山机械", "650104") if secret in text] == []
    assert (view.organization_id, view.organization_name, view.region) == (None, "匿名需求方", "650100")
    assert view.indicators == ()
    assert len(view.hidden) == len(SECRETS) + len(CONTACT)


@pytest.mark.parametrize("viewer", ["bob", "mallory", None])
def test_projection_of_public_need_hides_only_contacts(session: Session, cast: Cast, viewer: str | None) -> None:
    actor = cast[viewer].actor if viewer else Actor.anonymous()
    view = project(_need(session, cast, "public"), actor)
    assert [view.value(name) for name in SECRETS] == list(SECRETS.values())
    assert [view.value(name) for name in CONTACT] == [None, None]


def test_projection_preview_shows_what_others_will_see(session: Session, cast: Cast) -> None:
    listing = _need(session, cast, "anonymous")
    assert preview(listing, listing.current) == project(listing, cast.mallory.actor)


def test_document_of_the_outside_holds_no_hidden_text(session: Session, cast: Cast) -> None:
    listing = _need(session, cast, "anonymous")
    outside = repr(document(listing, listing.current, Scope.OUTSIDE))
    inside = repr(document(listing, listing.current, Scope.INSIDE))
    hidden = [SECRETS[name] for name in ("background", "problem", "tried", "solver_conditions")]
    assert [secret for secret in hidden if secret in outside] == []
    assert [secret for secret in hidden if secret in inside] == hidden


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [("public", ("open",)), ("anonymous", ("inside", "outside")), ("brokers", ("inside",))],
)
def test_scopes_follow_visibility(visibility: str, expected: tuple[str, ...]) -> None:
    assert scopes(visibility) == expected
