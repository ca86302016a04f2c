"""What a presenter is told of somebody who lets him know that he is interested."""

from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.pitches import Pitch, PitchInterest
from matchmaker.services.notices import tell
from matchmaker.services.roadshows.notices import path_of, title_of


def tell_contact(session: Session, event: Event, pitch: Pitch, row: PitchInterest) -> None:
    """Tell the presenter who is interested; the participant has said that he may know."""
    title = Sentence(N_("%(organization)s 对您的路演感兴趣"), organization=row.organization.name)
    body = Sentence(
        N_("%(person)s 在“%(event)s”上对《%(title)s》表示感兴趣，并愿意让您知道。可以约他会后洽谈。"),
        person=row.registration.name,
        event=event.title,
        title=title_of(pitch),
    )
    tell(session, pitch.presenter, topic=NoticeTopic.EVENT, title=title, body=body, path=path_of(pitch))
