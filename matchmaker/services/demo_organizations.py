"""Demonstration data inside organizations: a university's sub-units and inventors, and what waits for the bureau."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.people import Membership, Organization, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.sub_units import SubUnit
from matchmaker.services.verification_desk import check_by_register

_SUB_UNITS = (
    (N_("材料与能源学院"), (N_("低温材料研究所"), N_("新能源装备实验室"))),
    (N_("机械与电气学院"), (N_("风电运维研究所"),)),
    (N_("信息与自动化学院"), ()),
)
# Name, title, place in the flat list of sub-units, field, research, whether everybody sees him.
_INVENTORS = (
    (N_("李明远"), N_("教授"), 1, "materials", N_("低温耐候涂层与疏冰材料"), True),
    (N_("古丽娜·买买提"), N_("副教授"), 2, "energy", N_("风光储一体化与储能热管理"), True),
    (N_("王建军"), N_("教授"), 4, "manufacturing", N_("风电齿轮箱故障诊断"), True),
    (N_("陈雪"), N_("讲师"), 5, "electronics", N_("工业视觉与边缘计算"), False),
    (N_("阿迪力·吐尔逊"), N_("高级工程师"), 4, "manufacturing", N_("叶片检测机器人"), False),
)


def load_demo_organizations(session: Session, university: Organization, firm: Organization) -> None:
    """Give `university` sub-units and inventors of its achievements, and `firm` a double that waits for the bureau."""
    units = _sub_units(session, university)
    people = _inventors(session, university, units)
    own = Listing.organization_id == university.id, Listing.kind == ListingKind.ACHIEVEMENT
    for number, listing in enumerate(session.scalars(sa.select(Listing).where(*own).order_by(Listing.id))):
        inventor = people[number % len(people)]
        listing.sub_unit_id = inventor.sub_unit_id
        session.add(Inventorship(listing_id=listing.id, inventor_id=inventor.id))
    double = Organization(
        kind=firm.kind, name=f"新疆{firm.name.removeprefix('乌鲁木齐')}", region=firm.region, address=firm.address
    )
    session.add(double)
    session.flush()
    check_by_register(session, _bureau(session), double, note=N_("公示系统中查到相近名称，请复核是否重复。"))


def _sub_units(session: Session, university: Organization) -> list[SubUnit]:
    made: list[SubUnit] = []
    for name, below in _SUB_UNITS:
        top = SubUnit(organization_id=university.id, name=name)
        session.add(top)
        session.flush()
        made += [top, *(SubUnit(organization_id=university.id, name=child, parent_id=top.id) for child in below)]
    session.add_all(made)
    session.flush()
    return made


def _inventors(session: Session, university: Organization, units: list[SubUnit]) -> list[Inventor]:
    people = [
        Inventor(
            organization_id=university.id,
            name=name,
            title=title,
            sub_unit_id=units[place].id,
            fields=[field],
            research=research,
            email=f"inventor-{number}@demo.example",
            consented_on=today(),
            is_public=is_public,
        )
        for number, (name, title, place, field, research, is_public) in enumerate(_INVENTORS, 1)
    ]
    session.add_all(people)
    session.flush()
    return people


def _bureau(session: Session) -> Actor:
    query = sa.select(Membership, User).join(User, User.id == Membership.user_id).where(Membership.role == Role.BUREAU)
    membership, user = session.execute(query.order_by(Membership.id).limit(1)).one()
    return Actor(user.id, membership.organization_id, Role.BUREAU, name=user.name)
