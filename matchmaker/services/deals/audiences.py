"""Who reads which note and file of a deal; the same rule in Python and in SQL."""

from typing import Protocol

import sqlalchemy as sa

from matchmaker.domain.deal_notes import Audience, DealFile, DealNote
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_read_for_office, can_see_deal, is_deal_party


class Paper(Protocol):
    """A note or a file of a deal."""

    @property
    def audience(self) -> str: ...
    @property
    def organization_id(self) -> int | None: ...


def can_read_paper(actor: Actor, deal: Deal, paper: Paper) -> bool:
    """Whether the actor reads a paper: what his own side wrote always, what is for one side never of another's."""
    if not can_see_deal(actor, deal):
        return False
    if paper.audience == Audience.ALL or _is_own(actor, paper):
        return True
    return paper.audience == Audience.OFFICE and can_read_for_office(actor, deal)


def readable(model: type[DealNote] | type[DealFile], actor: Actor, deal: Deal) -> sa.ColumnElement[bool]:
    """The condition of the papers of one deal that the actor, who may see it, reads: the twin of `can_read_paper`."""
    conditions = [model.audience == Audience.ALL]
    if actor.role is not None and actor.organization_id is not None:
        conditions.append(model.organization_id == actor.organization_id)
    if can_read_for_office(actor, deal):
        conditions.append(model.audience == Audience.OFFICE)
    return sa.and_(model.deal_id == deal.id, model.deleted_at.is_(None), sa.or_(*conditions))


def audiences_for(actor: Actor, deal: Deal) -> tuple[Audience, ...]:
    """Return for whom the actor may write: a side also for itself alone."""
    return tuple(Audience) if is_deal_party(actor, deal) else (Audience.ALL, Audience.OFFICE)


def read_audience(actor: Actor, deal: Deal, text: str) -> Audience:
    """Return a chosen audience. There is no default: who reads something is said, not assumed.

    Raises:
        Invalid: none of `audiences_for` (field `audience`).
    """
    found = next((each for each in audiences_for(actor, deal) if each == text), None)
    if found is None:
        raise Invalid(N_("请选择谁可以查看。"), {"audience": N_("请选择谁可以查看。")})
    return found


def side_of(actor: Actor, deal: Deal) -> int | None:
    """Return the side for which the actor writes, None for the broker and the bureau."""
    return actor.organization_id if is_deal_party(actor, deal) else None


def _is_own(actor: Actor, paper: Paper) -> bool:
    return (
        actor.role is not None and paper.organization_id is not None and paper.organization_id == actor.organization_id
    )
