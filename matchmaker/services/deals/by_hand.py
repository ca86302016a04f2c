"""Opening a deal by hand, between two organizations that nothing on the platform brought together."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal, DealSource, DealState
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import OFFICES, Organization, Role
from matchmaker.domain.permissions import Actor, can_open_by_hand
from matchmaker.services.deals.brokers import broker_among, own_id
from matchmaker.services.deals.details import read_details, read_title
from matchmaker.services.deals.opening import open_deal

NAMES = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says, as typed; the sides by their names or their credit codes."""

    one: str = ""
    other: str = ""
    title: str = ""
    source_text: str = ""
    value_expected: str = ""
    field: str = ""
    next_step: str = ""
    next_step_on: str = ""


def require_opening_by_hand(actor: Actor) -> None:
    """Let pass only who may open a deal by hand.

    Raises:
        Forbidden: he acts for no organization, or looks on only.
    """
    if not can_open_by_hand(actor):
        raise Forbidden(N_("跟进项目由双方单位、技术经纪人或科技局建立。"))


def is_for_itself(actor: Actor) -> bool:
    """Whether the actor opens deals of his own organization only, which is then one of the sides."""
    return actor.role not in {Role.BROKER, Role.BUREAU}


def open_by_hand(session: Session, actor: Actor, typed: Typed) -> Deal:
    """Open a deal by hand, as a lead; a broker follows up what he opens.

    Raises:
        Forbidden: see `require_opening_by_hand`. Conflict: one with the same title stands between the two.
        Invalid: by field: an unknown side, one that is kept apart from the actor, twice the same, or what
            `read_title`, `read_details` and `needed_step` refuse.
    """
    require_opening_by_hand(actor)
    deal = Deal(source=DealSource.HAND, state=DealState.LEAD, owner_id=broker_among(session, own_id(actor)))
    one = session.get_one(Organization, actor.organization_id) if is_for_itself(actor) else None
    one = one or _side(session, actor, typed.one, "one")
    other = _side(session, actor, typed.other, "other")
    if one.id == other.id:
        raise Invalid(N_("双方不能是同一个单位。"), {"other": N_("请选择另一个单位。")})
    deal.one_organization, deal.other_organization = one, other
    deal.one_organization_id, deal.other_organization_id = one.id, other.id
    read_title(deal, typed.title, typed.source_text)
    read_details(deal, value_expected=typed.value_expected, field=typed.field)
    return open_deal(session, actor, deal, typed.next_step, typed.next_step_on)


def organization_names(session: Session, actor: Actor, typed: str) -> Sequence[str]:
    """Return the names of organizations that hold what was typed, for a list of suggestions.

    Raises:
        Forbidden: see `require_opening_by_hand`.
    """
    require_opening_by_hand(actor)
    words = typed.strip()[:100]
    if len(words) < 2:
        return ()
    query = _choosable(actor).where(Organization.name.contains(words, autoescape=True))
    return session.scalars(query.with_only_columns(Organization.name).order_by(Organization.name).limit(NAMES)).all()


def _side(session: Session, actor: Actor, typed: str, field: str) -> Organization:
    name = typed.strip()
    named = sa.or_(Organization.name == name, Organization.credit_code == name.upper())
    found = session.scalars(_choosable(actor).where(named).order_by(Organization.id).limit(2)).all() if name else ()
    if len(found) != 1:
        sentence = (
            N_("有两个单位叫这个名字，请填统一社会信用代码。")
            if found
            else N_("没有找到这个单位，请填写全称或统一社会信用代码。")
        )
        raise Invalid(sentence, {field: sentence})
    return found[0]


def _choosable(actor: Actor) -> sa.Select[Organization]:
    return sa.select(Organization).where(
        Organization.kind.not_in(OFFICES),
        Organization.merged_into_id.is_(None),
        Organization.suspended_at.is_(None),
        Organization.id.not_in(actor.avoided),
    )
