"""Minutes made ready for a Word file, in Chinese like every document of the platform."""

from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.formats import moment
from matchmaker.domain.language import N_, SOURCE
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.services.documents import MinuteFile
from matchmaker.services.minutes import load_minuted, revisions_of

TITLE = N_("洽谈纪要")
MARK = N_("内部资料 · 仅限洽谈双方、负责的技术经纪人和科技局")


def minute_file(session: Session, actor: Actor, appointment_id: int) -> MinuteFile:
    """Return the newest revision of a meeting's minutes as a document.

    Raises:
        NotFound, Forbidden: see `load_minuted`; none were written.
    """
    row = load_minuted(session, actor, appointment_id)
    latest = next(iter(revisions_of(session, actor, appointment_id)), None)
    if latest is None:
        raise NotFound(N_("这场洽谈还没有纪要。"))
    facts = (
        (N_("活动"), row.event.title),
        (N_("时间"), moment(row.starts_at, SOURCE)),
        (N_("一方"), _person(row.one)),
        (N_("另一方"), _person(row.other)),
    )
    made = N_("第 %(number)d 版 · %(author)s · %(at)s") % {
        "number": latest.number,
        "author": latest.author,
        "at": moment(latest.saved_at, SOURCE),
    }
    return MinuteFile(TITLE, MARK, facts, latest.text, made)


def _person(registration: Registration) -> str:
    return f"{registration.organization.name} {registration.name}"
