"""While typing: what is published and much like it is offered, from what the writer may read only."""

import pytest

from matchmaker.services.engine import Engine
from matchmaker.services.listings import create_listing
from matchmaker.services.readings import collecting
from matchmaker.services.similar import likeness, similar_listings
from tests.drafts import COMPLETE, make_draft, make_published, make_submitted
from tests.working import work

TITLE = "风电叶片低温除冰涂层"


@pytest.fixture
def engine(settings):
    opened = Engine(settings)
    yield opened
    opened.close()


@pytest.fixture
def market(settings, database, cast):
    """Needs: open, anonymous, for brokers only, still waiting at the desk, and another one of the same field."""
    with database.transaction() as session:
        for visibility in ("public", "anonymous", "brokers"):
            make_published(
                session, cast.alice, cast.dave, title=f"风电叶片除冰涂层（{visibility}）", visibility=visibility
            )
        make_submitted(session, cast.alice, title="风电叶片除冰涂层（待审）")
        make_published(session, cast.alice, cast.dave, title="风电齿轮箱振动监测", abstract="齿轮箱早期故障预警。")
    work(settings, database)


def found(database, engine, member, **values):
    with database.transaction() as session:
        listing = make_draft(session, member, **{"title": TITLE, **values})
        session.flush()
        return {one.listing.title: one for one in similar_listings(session, member.actor, engine, listing)}


def test_what_may_be_read_is_offered_and_nothing_else(database, engine, cast, market):
    offered = found(database, engine, cast.mallory)
    assert set(offered) == {"风电叶片除冰涂层（public）", "风电叶片除冰涂层（anonymous）"}
    anonymous = offered["风电叶片除冰涂层（anonymous）"]
    assert (anonymous.listing.organization_id, anonymous.is_own) == (None, False)


def test_ones_own_are_said_to_be_ones_own(database, engine, cast, market):
    assert all(one.is_own for one in found(database, engine, cast.alice).values())


def test_another_need_of_the_field_is_not_offered(database, engine, cast, market):
    offered = found(database, engine, cast.mallory, title="风电叶片根部螺栓断裂预警", abstract="螺栓断裂在线监测。")
    assert offered == {}


def test_only_what_is_offered_counts_as_read(settings, database, engine, cast, market):
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave, title="风电齿轮箱油液监测", visibility="anonymous")
    work(settings, database)
    with database.transaction() as session, collecting() as seen:
        raw = {**COMPLETE["need"], "title": TITLE, "abstract": "风电齿轮箱早期故障预警。"}
        listing = create_listing(session, cast.carol.actor, "need", cast.mallory.organization_id, raw=raw)
        offered = similar_listings(session, cast.carol.actor, engine, listing)
    assert (len(offered), {one.listing_id for one in seen}) == (3, {one.listing.id for one in offered})


def test_too_short_a_title_is_compared_with_nothing(database, engine, cast, market):
    assert found(database, engine, cast.mallory, title="除冰") == {}


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("风电叶片低温除冰涂层", "风电叶片低温除冰涂层", 1, 1),
        ("风电叶片低温除冰涂层", "低温除冰用风电叶片涂层", 0.6, 0.95),
        ("风电叶片低温除冰涂层", "棉花异性纤维在线分拣", 0, 0.1),
        ("新能源客车空气动力学关键技术研究", "矿用无线通信关键技术研究与应用", 0, 0),
        ("Покрытие против льда на лопастях", "Покрытие лопастей", 0.3, 0.5),
        ("", "风电叶片", 0, 0),
    ],
)
def test_likeness(one, other, least, most):
    assert least <= likeness(one, other) <= most
