"""What people are told of a deal; each reads only what his side may read of it."""

from sqlalchemy.orm import Session

from matchmaker.domain.deal_notes import Audience
from matchmaker.domain.deal_offers import DealOffer
from matchmaker.domain.deals import DEAL_STATE_NAMES, Deal
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.deals.desk import desk_of, responsible_for
from matchmaker.services.deals.doers import named_doer
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


def tell_sleeping(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell both sides and its broker until when it rests."""
    title = Sentence(N_("跟进项目休眠到 %(on)s"), on=deal.wakes_on.isoformat() if deal.wakes_on else "")
    _tell_all(
        session, actor, deal, title, Sentence(N_("由 %(name)s 设置。到期自动唤醒，也可以随时唤醒。"), name=actor.name)
    )


def tell_woken(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell whoever follows it up that it is awake."""
    title = Sentence(N_("跟进项目已唤醒，回到“%(state)s”"), state=DEAL_STATE_NAMES[deal.state])
    body = Sentence(
        N_("请在 %(on)s 之前确认下一步：%(step)s"),
        on=deal.next_step_on.isoformat() if deal.next_step_on else "",
        step=deal.next_step,
    )
    for person in responsible_for(session, deal):
        _tell(session, actor, deal, person, title, body)


def tell_doer(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell whoever was named for the next step what it is, unless he named himself."""
    title = Sentence(N_("请您办理跟进项目的下一步"))
    body = Sentence(
        N_("%(name)s 请您在 %(on)s 之前办理：%(step)s"),
        name=actor.name,
        on=deal.next_step_on.isoformat() if deal.next_step_on else "",
        step=deal.next_step,
    )
    _tell(session, actor, deal, named_doer(session, deal), title, body)


def tell_owner(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell a broker that a deal is his now."""
    title = Sentence(N_("%(name)s 把一个跟进项目交给您负责"), name=actor.name)
    _tell(session, actor, deal, deal.owner, title, Sentence(N_("请看过项目的来源和历史，确定下一步。")))


def tell_unowned(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell the desk that a deal waits for a broker."""
    title = Sentence(N_("一个跟进项目等待负责人"))
    body = Sentence(N_("请为它指定一位技术经纪人，不要让双方等待。"))
    for person in desk_of(session, deal):
        if person.id != actor.user_id:
            tell(session, person, topic=NoticeTopic.DEAL, title=title, body=body, path="/deals/unowned")


def tell_offered(session: Session, actor: Actor, deal: Deal, offer: DealOffer) -> None:
    """Ask a broker whether he takes a deal over."""
    title = Sentence(N_("%(name)s 想把一个跟进项目移交给您"), name=actor.name)
    body = Sentence(N_("请接受或谢绝，在此之前仍由对方负责。\n\n%(note)s"), note=offer.note)
    tell(session, offer.to_user, topic=NoticeTopic.DEAL, title=title, body=body, path="/deals/offers")


def tell_answered(session: Session, actor: Actor, deal: Deal, offer: DealOffer, *, taken: bool) -> None:
    """Tell who offered a deal what became of it; once it was taken he no longer sees it."""
    if taken:
        title, body = Sentence(N_("%(name)s 接手了您移交的跟进项目"), name=actor.name), Sentence(N_("今后由对方负责。"))
        path = "/deals"
    else:
        title = Sentence(N_("%(name)s 谢绝接手您移交的跟进项目"), name=actor.name)
        body, path = Sentence(N_("项目仍由您负责。\n\n%(answer)s"), answer=offer.answer), f"/deals/{deal.id}"
    tell(session, offer.from_user, topic=NoticeTopic.DEAL, title=title, body=body, path=path)


def tell_paper(session: Session, actor: Actor, deal: Deal, audience: str, *, is_file: bool) -> None:
    """Tell who reads a new note or file that there is one; what it says stays on the page."""
    sentence = N_("%(name)s 在跟进项目中上传了文件") if is_file else N_("%(name)s 在跟进项目中写了备注")
    title, body = Sentence(sentence, name=actor.name), Sentence(N_("请打开项目查看。"))
    if audience == Audience.ALL:
        _tell_all(session, actor, deal, title, body)
    elif audience == Audience.OFFICE:
        for person in responsible_for(session, deal):
            _tell(session, actor, deal, person, title, body)


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
