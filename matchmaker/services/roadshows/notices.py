"""What people are told of a roadshow."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.judges import Judge, ScoreSheet
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, owns
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.services.keeping_apart import avoids
from matchmaker.services.notices import tell

UNTITLED = N_("（项目）")


def title_of(pitch: Pitch) -> str:
    """Return the title of a pitch for its own side and whoever runs the event."""
    return (pitch.listing.current.title if pitch.listing is not None else pitch.title) or UNTITLED


def tell_asked(session: Session, event: Event, pitch: Pitch) -> None:
    """Ask the presenter to confirm."""
    title = Sentence(N_("邀请您在“%(event)s”上路演"), event=event.title)
    body = Sentence(
        N_("主办方希望您路演《%(title)s》。请确认或谢绝；确认之后可以下载演示模板、上传演示文件。"),
        title=title_of(pitch),
    )
    _tell(session, pitch.presenter, title, body, path_of(pitch))


def tell_answered(session: Session, event: Event, pitch: Pitch) -> None:
    """Tell who is responsible for the event that a presenter comes."""
    title = Sentence(N_("《%(title)s》已确认路演"), title=_title_for_organiser(session, event, pitch))
    body = Sentence(N_("已列入“%(event)s”的节目单。"), event=event.title)
    _tell(session, event.owner, title, body, f"/events/{event.id}/programme")


def tell_withdrawn(session: Session, actor: Actor, event: Event, pitch: Pitch) -> None:
    """Tell the other side that a pitch was taken off, and why."""
    own = owns(actor, pitch)
    name = _title_for_organiser(session, event, pitch) if own else title_of(pitch)
    title = Sentence(N_("《%(title)s》不再参加“%(event)s”的路演"), title=name, event=event.title)
    body = Sentence(N_("原因：%(reason)s"), reason=pitch.withdraw_reason or "")
    if own:
        _tell(session, event.owner, title, body, f"/events/{event.id}/programme")
    else:
        _tell(session, pitch.presenter, title, body, path_of(pitch))


def tell_judge_invited(session: Session, event: Event, judge: Judge) -> None:
    """Ask somebody to judge."""
    title = Sentence(N_("邀请您担任“%(event)s”的评委"), event=event.title)
    body = Sentence(N_("请在手机上打开评分页：逐个项目打分，边写边存，签名后不能再改。与项目有利害关系时请回避。"))
    _tell(session, judge.user, title, body, f"/events/{event.id}/judging")


def tell_reopened(session: Session, event: Event, sheet: ScoreSheet) -> None:
    """Tell a judge that the organiser gave his signed sheet back, and why."""
    title = Sentence(N_("您的评分表已退回：《%(title)s》"), title=title_of(sheet.pitch))
    body = Sentence(N_("主办方退回的原因：%(reason)s\n\n请修改后重新签名。"), reason=sheet.reopen_reason or "")
    _tell(session, sheet.judge.user, title, body, f"/events/{event.id}/judging/{sheet.pitch_id}")


def tell_published(session: Session, event: Event) -> None:
    """Tell the presenters that the results are there."""
    title = Sentence(N_("“%(event)s”的路演结果已公布"), event=event.title)
    body = Sentence(N_("可以查看名次、各项得分和评委的评语（不署名）。"))
    presenters = sa.select(User).where(
        User.id.in_(
            sa.select(Pitch.presenter_id).where(Pitch.event_id == event.id, Pitch.state == PitchState.CONFIRMED)
        )
    )
    for person in session.scalars(presenters.order_by(User.id)):
        _tell(session, person, title, body, f"/events/{event.id}/ranking")


def _title_for_organiser(session: Session, event: Event, pitch: Pitch) -> str:
    """The bureau may put on what is kept apart from the organising organization: to that it is not named."""
    return UNTITLED if avoids(session, event.organization_id, pitch.organization_id) else title_of(pitch)


def path_of(pitch: Pitch) -> str:
    """Return where a pitch is shown."""
    return f"/events/{pitch.event_id}/programme/{pitch.id}"


def _tell(session: Session, person: User | None, title: str, body: str, path: str) -> None:
    tell(session, person, topic=NoticeTopic.EVENT, title=title, body=body, path=path)
