"""What each viewer sees of a listing, and what search may know of it."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.embeddings import Scope
from matchmaker.domain.fields import Layer, field_of
from matchmaker.domain.layers import choices_of
from matchmaker.domain.listings import NeedRevision
from matchmaker.domain.permissions import Actor
from matchmaker.services.projection import document, preview, project, scopes, searched_scopes
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
    ("visibility", "layers", "scored", "searched"),
    [
        ("public", {}, ("open",), ("open",)),
        ("public", {"contact_name": "inside"}, ("open",), ("open",)),
        ("public", {"problem": "matched"}, ("inside", "outside"), ("inside", "outside")),
        ("anonymous", {}, ("inside", "outside"), ("inside", "outside")),
        ("brokers", {}, ("inside", "outside"), ("inside",)),
    ],
)
def test_scopes_follow_visibility_and_the_posters_choices(
    visibility: str, layers: dict[str, str], scored: tuple[str, ...], searched: tuple[str, ...]
) -> None:
    revision = NeedRevision(visibility=visibility, layers=layers)
    assert (scopes(revision), searched_scopes(revision)) == (scored, searched)


OPENED = {"abstract": 0, "matched": 1, "confidential": 2, "inside": 3}


@pytest.mark.parametrize("opened", OPENED)
def test_projection_opens_a_field_from_its_layer_on(session: Session, cast: Cast, opened: str) -> None:
    chosen = {"tried": "confidential", "source": "inside", "contact_phone": "confidential", "keywords": "matched"}
    listing = publish(
        session, cast.alice, "need", "叶片防冰", visibility="anonymous", layers=chosen, **SECRETS, **CONTACT
    )
    view = project(listing, replace(cast.bob.actor, opened={listing.id: Layer(opened)}))
    seen = {name for name in (*SECRETS, *CONTACT) if view.value(name) is not None}
    matched, confidential = {"background", "problem", "solver_conditions", "contact_name"}, {"tried", "contact_phone"}
    expected = [set(), matched, matched | confidential, matched | confidential | {"source"}][OPENED[opened]]
    assert (seen, view.layer) == (expected, Layer(opened))
    assert view.organization_name == ("匿名需求方" if opened == "abstract" else "天山机械有限公司")
    assert view.region == ("650100" if opened == "abstract" else "650104")


def test_projection_of_a_public_need_closes_what_the_poster_closed(session: Session, cast: Cast) -> None:
    chosen = {"problem": "matched", "region": "matched", "title": "inside"}
    listing = publish(session, cast.alice, "need", "叶片防冰", visibility="public", layers=chosen, **SECRETS)
    view = project(listing, cast.bob.actor)
    outside = document(listing, listing.current, Scope.OUTSIDE)
    assert (view.title, view.value("problem"), view.region, view.value("region")) == ("叶片防冰", None, None, None)
    assert (outside.region, SECRETS["problem"] in outside.body, SECRETS["tried"] in outside.body) == (None, False, True)
    assert view.organization_name == "天山机械有限公司"


@pytest.mark.parametrize("name", ["visibility", "title", "abstract"])
def test_what_everybody_reads_cannot_be_closed(name: str) -> None:
    spec = field_of("need", name)
    assert spec is not None
    assert choices_of(spec, "anonymous") == (Layer.ABSTRACT,)
