"""Who read what: noted while somebody collects, written once a day and way, shown to the owner."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.disclosures import Disclosure, Reading, Way
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.fields import Layer
from matchmaker.domain.listings import Listing
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import informed
from matchmaker.services.projection import project
from matchmaker.services.reading_log import reading_log
from matchmaker.services.readings import collecting, write_readings
from tests.cast import Cast
from tests.pairs import pair, publish

CONTACT = {"contact_name": "古丽", "contact_phone": "13900001234"}


def _need(session: Session, cast: Cast, visibility: str = "anonymous", **columns: object) -> Listing:
    return publish(session, cast.alice, "need", "除冰", visibility=visibility, **CONTACT, **columns)


def _read(session: Session, actor: Actor, listing: Listing, way: Way = Way.PAGE) -> None:
    with collecting() as seen:
        project(listing, actor)
    write_readings(session, seen, way)


def _written(session: Session) -> list[tuple[int, str, str, int]]:
    rows = sa.select(Reading.user_id, Reading.layer, Reading.way, Reading.times).order_by(Reading.id)
    return [tuple(row) for row in session.execute(rows)]


@pytest.mark.parametrize(
    ("visibility", "way", "layer"),
    [
        ("anonymous", Way.PAGE, "matched"),
        ("anonymous", Way.LIST, "matched"),
        ("brokers", Way.REVIEW, "matched"),
        ("public", Way.MATCH, "matched"),
        ("public", Way.LIST, None),
    ],
)
def test_broker_who_reads_what_is_hidden_is_written_down(
    session: Session, cast: Cast, visibility: str, way: Way, layer: str | None
) -> None:
    _read(session, cast.carol.actor, _need(session, cast, visibility), way)
    assert _written(session) == ([(cast.carol.user_id, layer, way, 1)] if layer else [])


def test_reading_of_the_day_is_counted_in_one_row(session: Session, cast: Cast) -> None:
    listing = _need(session, cast, layers={"source": "inside"}, source="内部")
    for way in (Way.PAGE, Way.PAGE, Way.MATCH):
        _read(session, cast.dave.actor, listing, way)
    assert _written(session) == [
        (cast.dave.user_id, "inside", "page", 2),
        (cast.dave.user_id, "inside", "match", 1),
    ]


@pytest.mark.parametrize("who", ["alice", "bob", None])
def test_own_readings_and_open_ones_are_not_written(session: Session, cast: Cast, who: str | None) -> None:
    _read(session, cast[who].actor if who else Actor.anonymous(), _need(session, cast))
    assert _written(session) == []


def test_nothing_is_noted_where_nobody_collects(session: Session, cast: Cast) -> None:
    listing = _need(session, cast)
    project(listing, cast.carol.actor)
    with collecting() as seen:
        pass
    assert seen == []


def _opened(session: Session, cast: Cast, visibility: str, layer: Layer, other: str) -> Listing:
    listing = _need(session, cast, visibility)
    achievement = publish(session, cast.bob, "achievement", "涂层", visibility=other)
    match = pair(session, listing, achievement)
    session.add(
        Disclosure(listing_id=listing.id, organization_id=cast.bob.organization_id, layer=layer, match_id=match.id)
    )
    session.flush()
    _read(session, informed(session, cast.bob.actor), listing)
    return listing


def test_owner_sees_who_read_what_and_to_whom_it_was_opened(session: Session, cast: Cast) -> None:
    listing = _opened(session, cast, "anonymous", Layer.MATCHED, "anonymous")
    _read(session, cast.carol.actor, listing, Way.LIST)
    log = reading_log(session, cast.alice.actor, listing)
    assert [(row.organization_name, row.layer, row.ended_at) for row in log.openings] == [
        ("昆仑理工大学", "matched", None)
    ]
    assert [(row.person, row.organization_name, row.way) for row in log.readings] == [
        ("柯洛", "丝路技术转移中心", "list"),
        ("鲍博", "昆仑理工大学", "page"),
    ]
    assert (log.organizations, log.people, log.total) == (2, 2, 2)


@pytest.mark.parametrize(
    ("other", "name", "person"), [("anonymous", "匿名成果方", ""), ("public", "昆仑理工大学", "鲍博")]
)
def test_owner_does_not_learn_who_an_anonymous_reader_of_the_abstract_is(
    session: Session, cast: Cast, other: str, name: str, person: str
) -> None:
    log = reading_log(session, cast.alice.actor, _opened(session, cast, "brokers", Layer.ABSTRACT, other))
    assert [(row.organization_name, row.person, row.layer) for row in log.readings] == [(name, person, "abstract")]
    assert [row.organization_name for row in log.openings] == [name]


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "mallory"])
def test_readings_are_shown_to_those_who_posted_only(session: Session, cast: Cast, who: str) -> None:
    listing = _need(session, cast)
    with pytest.raises(Forbidden):
        reading_log(session, cast[who].actor, listing)
