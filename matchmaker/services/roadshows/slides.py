"""Slides of a pitch: who may add and who may open them. Files are taken in as attachments are (see uploads.py)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.judges import Judge
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_run_event, owns
from matchmaker.domain.pitches import Pitch, PitchFile, PitchState
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.roadshows.loading import can_see_pitch, get_pitch, require_under_way
from matchmaker.services.roadshows.recusal import Recusals, recusals_of
from matchmaker.services.uploads import StoredFile

MOST_FILES = 5
MISSING = N_("没有找到这个文件，它可能已被删除，或您无权查看。")


@dataclass(frozen=True, slots=True)
class SlidesView:
    """One file that the viewer may open."""

    id: int
    name: str
    size: int
    shared: bool


def slides_of(
    session: Session, actor: Actor, event: Event, pitches: Iterable[Pitch]
) -> dict[int, tuple[SlidesView, ...]]:
    """Return the files that the actor may open, by pitch; pitches without any are left out."""
    by_id = {pitch.id: pitch for pitch in pitches}
    rows = session.scalars(_present().where(PitchFile.pitch_id.in_(by_id)).order_by(PitchFile.id)).all()
    found: dict[int, list[SlidesView]] = defaultdict(list)
    if rows:
        allowed = _opening(session, actor, event, list(by_id.values()))
        for row in rows:
            if allowed.may_open(by_id[row.pitch_id], row):
                found[row.pitch_id].append(SlidesView(row.id, row.name, row.size, row.shared))
    return {pitch_id: tuple(files) for pitch_id, files in found.items()}


def get_slides(session: Session, actor: Actor, event: Event, file_id: int) -> PitchFile:
    """Return a file that the actor may open, of an event that he may read.

    Raises:
        NotFound: there is none, it was deleted, or he may not know of it.
    """
    row = session.get(PitchFile, file_id) if 0 < file_id <= LARGEST_ID else None
    if row is None or row.deleted_at is not None or row.pitch.event_id != event.id:
        raise NotFound(MISSING)
    if not _opening(session, actor, event, [row.pitch]).may_open(row.pitch, row):
        raise NotFound(MISSING)
    return row


def require_slides_place(session: Session, actor: Actor, event: Event, pitch: Pitch) -> None:
    """Let pass only who may add a file now. Ask before storing an upload.

    Raises:
        Forbidden: neither its own side nor who runs the event.
        Conflict: the pitch is off, the event is not under way, or MOST_FILES are there.
    """
    if not can_change_slides(actor, event, pitch):
        raise Forbidden(N_("演示文件由路演单位或主办方上传。"))
    require_under_way(event)
    if not pitch.stands:
        raise Conflict(N_("这个项目已经撤下，不能再上传文件。"))
    count = session.scalar(sa.select(sa.func.count()).select_from(_of(pitch).subquery())) or 0
    if count >= MOST_FILES:
        raise Conflict(N_("最多 %(most)d 个附件，请先删除不需要的。"), most=MOST_FILES)


def can_change_slides(actor: Actor, event: Event, pitch: Pitch) -> bool:
    """Whether the actor adds and removes files of a pitch."""
    return owns(actor, pitch) or (can_run_event(actor, event) and can_see_pitch(actor, event, pitch))


def add_slides(
    session: Session, actor: Actor, event: Event, pitch: Pitch, stored: StoredFile, *, shared: bool
) -> PitchFile:
    """Add a stored file; `shared`: everybody who comes may load it. Sending it twice adds one.

    Only the pitch's own side may share it.

    Raises:
        Forbidden, Conflict: see `require_slides_place`.
    """
    same = session.scalar(_of(pitch).where(PitchFile.sha256 == stored.sha256, PitchFile.name == stored.name))
    if same is None:
        require_slides_place(session, actor, event, pitch)
        same = PitchFile(
            pitch_id=pitch.id,
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            uploaded_by_id=actor.user_id,
        )
        session.add(same)
        session.flush()
        record(session, actor, "attach", "pitch", pitch.id, file_id=same.id)
    if owns(actor, pitch):
        same.shared = shared
    session.flush()
    return same


def remove_slides(session: Session, actor: Actor, event: Event, file_id: int) -> Pitch:
    """Take a file away; its content stays on disk, for the journal's sake. Return its pitch.

    Raises:
        NotFound: see `get_slides`.
        Forbidden, Conflict: the file is not the actor's to change, or the event is not under way.
    """
    row = get_slides(session, actor, event, file_id)
    pitch = get_pitch(session, actor, event, row.pitch_id)
    if not can_change_slides(actor, event, pitch):
        raise Forbidden(N_("演示文件由路演单位或主办方上传。"))
    require_under_way(event)
    row.deleted_at = utc_now()
    record(session, actor, "detach", "pitch", pitch.id, file_id=row.id)
    session.flush()
    return pitch


@dataclass(frozen=True, slots=True)
class _Opening:
    """What somebody is at an event, as far as it opens files to him."""

    actor: Actor
    event: Event
    judge: Judge | None
    recusals: Recusals
    is_coming: bool

    def may_open(self, pitch: Pitch, row: PitchFile) -> bool:
        if owns(self.actor, pitch):
            return True
        if not can_see_pitch(self.actor, self.event, pitch):
            return False
        if can_run_event(self.actor, self.event):
            return True
        on_programme = pitch.state == PitchState.CONFIRMED
        if row.shared and self.is_coming and on_programme:
            return True
        return self.judge is not None and on_programme and (self.judge.id, pitch.id) not in self.recusals


def _opening(session: Session, actor: Actor, event: Event, pitches: Sequence[Pitch]) -> _Opening:
    if actor.user_id is None:
        return _Opening(actor, event, None, {}, is_coming=False)
    judge = session.scalar(
        sa.select(Judge).where(
            Judge.event_id == event.id,
            Judge.user_id == actor.user_id,
            Judge.organization_id == actor.organization_id,
            Judge.dismissed_at.is_(None),
        )
    )
    coming = session.scalar(
        sa.select(Registration.id).where(
            Registration.event_id == event.id,
            Registration.user_id == actor.user_id,
            Registration.organization_id == actor.organization_id,
            Registration.state == RegistrationState.ACCEPTED,
        )
    )
    recusals = recusals_of(session, [judge], pitches) if judge is not None else {}
    return _Opening(actor, event, judge, recusals, is_coming=coming is not None)


def _present() -> sa.Select[PitchFile]:
    return sa.select(PitchFile).where(PitchFile.deleted_at.is_(None))


def _of(pitch: Pitch) -> sa.Select[PitchFile]:
    return _present().where(PitchFile.pitch_id == pitch.id)
