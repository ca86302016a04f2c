"""What people are told of a deal; each reads only what his side may read of it."""

from sqlalchemy.orm import Session

from matchmaker.domain.deals import DEAL_STATE_NAMES, Deal
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.notices import tell
from matchmaker.services.organization_notices import owners


def tell_opened(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell both sides and its broker that there is a deal now."""
    title = Sentence(N_("%(name)s 建立了一个跟进项目"), name=actor.name)
    body = Sentence(
        N_("下一步（%(on)s 之前）：%(step)s"),
        on=deal.next_step_on.isoformat() if deal.next_step_on else "",
        step=deal.next_step,
    )
    _tell_all(session, actor, deal, title, body)


def tell_moved(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell both sides and its broker where it stands now."""
    title = Sentence(N_("跟进项目进入“%(state)s”"), state=DEAL_STATE_NAMES[deal.state])
    body = Sentence(N_("%(name)s 更新了跟进项目的进展。"), name=actor.name)
    _tell_all(session, actor, deal, title, body)


def tell_owner(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell a broker that a deal is his now."""
    title = Sentence(N_("%(name)s 把一个跟进项目交给您负责"), name=actor.name)
    _tell(session, actor, deal, deal.owner, title, Sentence(N_("请看过项目的来源和历史，确定下一步。")))


def _tell_all(session: Session, actor: Actor, deal: Deal, title: str, body: str) -> None:
    people = {
        person.id: person
        for organization_id in (deal.one_organization_id, deal.other_organization_id)
        for person in owners(session, organization_id)
    }
    if deal.owner is not None:
        people[deal.owner.id] = deal.owner
    for person in people.values():
        _tell(session, actor, deal, person, title, body)


def _tell(session: Session, actor: Actor, deal: Deal, to: User | None, title: str, body: str) -> None:
    if to is not None and to.id != actor.user_id:
        tell(session, to, topic=NoticeTopic.DEAL, title=title, body=body, path=f"/deals/{deal.id}")
