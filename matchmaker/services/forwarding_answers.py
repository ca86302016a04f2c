"""What the recipient of a forwarded listing answers, and how whoever forwarded it is told."""

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid
from matchmaker.domain.forwardings import Answer, Forwarding
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor
from matchmaker.services.forwarding import shown_of
from matchmaker.services.notices import tell
from matchmaker.services.ownership import members

NOTE_MOST = 1000

ANSWER_NAMES = {
    Answer.INTERESTED: N_("感兴趣"),
    Answer.UNSUITABLE: N_("不合适"),
    Answer.QUESTION: N_("有疑问"),
}


def answer(session: Session, row: Forwarding, given: str, note: str) -> None:
    """Record what the recipient says, which he may change as long as the link opens; whoever forwarded it is told.

    Raises:
        Invalid: no such answer, a question without words, or too long a note.
    """
    note = note.replace("\x00", "").strip()
    if given not in set(Answer):
        raise Invalid(N_("请选择您的答复。"), {"answer": N_("请选择一项。")})
    if given == Answer.QUESTION and not note:
        raise Invalid(N_("请写下您的问题。"), {"note": N_("请写下您想了解什么。")})
    if len(note) > NOTE_MOST:
        raise Invalid(N_("内容过长。"), {"note": N_("最多 1000 字。")})
    if (row.answer, row.answer_note or "") == (given, note):
        return
    before = row.answer
    row.answer, row.answer_note, row.answered_at = given, note or None, utc_now()
    session.flush()
    entry = record(session, Actor.anonymous(), "answer", "forwarding", row.id, before=before, after=given)
    entry.organization_id = row.organization_id
    _tell_answered(session, row)


def _tell_answered(session: Session, row: Forwarding) -> None:
    title = Sentence(
        N_("%(name)s 答复了您转发的《%(title)s》：%(answer)s"),
        name=row.recipient_name,
        title=shown_of(row).current.title,
        answer=ANSWER_NAMES[Answer(row.answer or "")],
    )
    to = row.sender if row.sender is not None and row.sender.disabled_at is None else None
    for person in [to] if to is not None else members(session, row.organization_id)[:1]:
        body = row.answer_note or N_("没有附言。")
        tell(session, person, topic=NoticeTopic.FORWARD, title=title, body=body, path=f"/matches/{row.match_id}")
