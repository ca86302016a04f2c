"""The avoid list: neither side meets the other, and the other never learns of it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import Database
from matchmaker.domain.disclosures import Disclosure
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import informed
from matchmaker.services.avoidances import avoid, avoid_list, stop_avoiding
from matchmaker.services.decisions import decide
from matchmaker.services.engine import Engine
from matchmaker.services.home import home_view
from matchmaker.services.keeping_apart import avoids
from matchmaker.services.listings import get_listing
from matchmaker.services.matches import get_match, match_page
from matchmaker.services.merging import carry_out_merge, propose_merge
from matchmaker.services.organizations import get_organization
from matchmaker.services.proposals import propose_match
from matchmaker.services.searching import SearchRequest, search
from tests.cast import Cast, Member, make_member, make_organization
from tests.drafts import make_published
from tests.pairs import pair, publish
from tests.working import work


def _now(session: Session, member: Member) -> Actor:
    return informed(session, member.actor)


def _avoid(session: Session, who: Member, whom: Member, **more: str) -> Avoidance:
    return avoid(session, who.actor, **{"name": whom.organization_name, "kind": "rival", **more})


@pytest.fixture
def match(session: Session, cast: Cast) -> Match:
    pair(session, publish(session, cast.alice, "need", "节水"), publish(session, cast.mallory, "achievement", "滴灌"))
    need = publish(session, cast.alice, "need", "除冰")
    return pair(session, need, publish(session, cast.bob, "achievement", "涂层"))


@pytest.mark.parametrize(("viewer", "owner", "left"), [("alice", "bob", 3), ("bob", "alice", 2)])
def test_neither_side_finds_anything_of_the_other(
    session: Session, cast: Cast, match: Match, settings: Settings, viewer: str, owner: str, left: int
) -> None:
    _avoid(session, cast.alice, cast.bob)
    actor = _now(session, cast[viewer])
    hidden = match.achievement if owner == "bob" else match.need
    for look in (
        lambda: get_listing(session, actor, hidden.id),
        lambda: get_match(session, actor, match.id),
        lambda: get_organization(session, actor, cast[owner].organization_id),
    ):
        with pytest.raises(NotFound):
            look()
    found = search(session, actor, Engine(settings), SearchRequest())
    home = home_view(session, actor)
    assert [hit.listing.id for hit in found.hits if hit.listing.id == hidden.id] == []
    assert sum(row.count for row in found.facets["kind"]) == found.total == left
    assert home.needs + home.achievements == left
    assert [view.id for view in match_page(session, actor).matches if view.id == match.id] == []


def test_everybody_else_still_sees_both(session: Session, cast: Cast, match: Match) -> None:
    decide(session, cast.carol.actor, match.id, "interested")
    _avoid(session, cast.alice, cast.bob)
    for viewer in (_now(session, cast.carol), _now(session, cast.mallory), Actor.anonymous()):
        assert get_listing(session, viewer, match.need_id).id == match.need_id
    assert get_match(session, _now(session, cast.carol), match.id).id == match.id


def test_pairs_leave_the_lists_and_what_was_open_is_closed(session: Session, cast: Cast, match: Match) -> None:
    for member in (cast.alice, cast.bob):
        decide(session, _now(session, member), match.id, "interested")
    _avoid(session, cast.bob, cast.alice)
    session.expire_all()
    assert (match.in_need_list, match.in_achievement_list) == (False, False)
    assert [row.ended_at is None for row in session.scalars(sa.select(Disclosure))] == [False, False]


def test_pair_that_nobody_decided_on_is_dropped(session: Session, cast: Cast, match: Match) -> None:
    _avoid(session, cast.alice, cast.bob)
    assert session.scalars(sa.select(Match.id).where(Match.id == match.id)).all() == []


def test_pairs_are_kept_out_when_lists_are_computed(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave)
        for member in (cast.bob, cast.mallory):
            make_published(session, member, cast.dave, "achievement")
        entry = _avoid(session, cast.alice, cast.bob).id
    work(settings, database)
    assert _paired(database) == {cast.mallory.organization_id}
    with database.transaction() as session:
        stop_avoiding(session, cast.alice.actor, entry)
    work(settings, database)
    assert _paired(database) == {cast.mallory.organization_id, cast.bob.organization_id}


def _paired(database: Database) -> set[int]:
    with database.read() as session:
        return {row.achievement.organization_id for row in session.scalars(sa.select(Match))}


def test_entry_by_name_counts_once_such_an_organization_registers(session: Session, cast: Cast) -> None:
    avoid(session, cast.alice.actor, name="沙海动力有限公司", kind="rival")
    rival = make_member(
        session, make_organization(session, "enterprise", "沙海动力有限公司"), "rival", "睿", "enterprise"
    )
    need = publish(session, cast.alice, "need", "除冰")
    assert avoids(session, rival.organization_id, cast.alice.organization_id)
    with pytest.raises(NotFound):
        get_listing(session, _now(session, rival), need.id)


def test_entry_by_credit_code_counts_whatever_the_name(session: Session, cast: Cast) -> None:
    code = session.get_one(Organization, cast.mallory.organization_id).credit_code
    assert code is not None
    session.add(Avoidance(organization_id=cast.alice.organization_id, name="别的名字", credit_code=code, kind="other"))
    session.flush()
    assert avoids(session, cast.alice.organization_id, cast.mallory.organization_id)


def test_broker_cannot_propose_what_is_kept_apart(
    session: Session, cast: Cast, match: Match, settings: Settings
) -> None:
    _avoid(session, cast.bob, cast.alice)
    with pytest.raises(Invalid) as refused:
        propose_match(session, cast.carol.actor, Engine(settings), match.need_id, match.achievement_id)
    assert [name for name in (cast.alice, cast.bob) if name.organization_name in str(refused.value)] == []


def test_broker_on_the_list_sees_nothing_of_it(session: Session, cast: Cast, match: Match) -> None:
    _avoid(session, cast.alice, cast.carol)
    actor = _now(session, cast.carol)
    with pytest.raises(NotFound):
        get_listing(session, actor, match.need_id)
    assert match_page(session, actor).total == 0


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "天山机械有限公司"}, "name"),
        ({"name": "乌鲁木齐市科技局"}, "name"),
        ({"name": ""}, "name"),
        ({"kind": "enemy"}, "kind"),
        ({"credit_code": "123"}, "credit_code"),
        ({"note": "长" * 501}, "note"),
    ],
)
def test_what_cannot_be_avoided_is_refused_at_its_field(
    session: Session, cast: Cast, typed: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        avoid(session, cast.alice.actor, **{"name": "沙海动力有限公司", "kind": "rival", **typed})
    assert list(refused.value.errors) == [field]


def test_same_organization_twice_is_one_entry(session: Session, cast: Cast) -> None:
    first = _avoid(session, cast.alice, cast.bob)
    assert _avoid(session, cast.alice, cast.bob, kind="other") is first
    assert [row.id for row in avoid_list(session, cast.alice.actor)] == [first.id]


@pytest.mark.parametrize("who", ["dave", "erin", "peter"])
def test_list_is_kept_by_whoever_answers_for_a_party(session: Session, cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        _avoid(session, cast[who], cast.bob)


def test_others_entry_is_not_found(session: Session, cast: Cast) -> None:
    entry = _avoid(session, cast.alice, cast.bob)
    with pytest.raises(NotFound):
        stop_avoiding(session, cast.mallory.actor, entry.id)


@pytest.mark.parametrize("by", ["name", "id"])
def test_entry_goes_on_for_the_organization_that_it_is_merged_into(session: Session, cast: Cast, by: str) -> None:
    name = "沙海动力有限公司"
    if by == "name":
        avoid(session, cast.alice.actor, name=name, kind="rival")
    double = make_organization(session, "enterprise", name)
    if by == "id":
        avoid(session, cast.alice.actor, name=name, kind="rival")
    need = publish(session, cast.alice, "need", "除冰")
    kept = session.get_one(Organization, cast.mallory.organization_id)
    merge = propose_merge(session, cast.dave.actor, kept, double, reason="重复注册")
    carry_out_merge(session, cast.erin.actor, merge.id)
    assert avoids(session, cast.alice.organization_id, kept.id)
    assert avoids(session, kept.id, cast.alice.organization_id)
    with pytest.raises(NotFound):
        get_listing(session, _now(session, cast.mallory), need.id)
