"""The templates that count: the bureau's newest of a kind, or the one that comes with the package."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.papers import PAPER_NAMES, PaperKind, PaperTemplate
from matchmaker.domain.permissions import Actor, can_keep_paper_templates
from matchmaker.services.jobs import LARGEST_ID
from matchmaker.services.papers.checking import MOST_BYTES, check_template
from matchmaker.services.reading.text import line
from matchmaker.services.uploads import StoredFile, stored_path

SHIPPED_VERSION = 2
NOTE_MOST = 200


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template as it counts for a kind: `version` 0 for the shipped one that nobody has replaced yet."""

    kind: str
    version: int
    is_shipped: bool
    name: str
    uploaded_by: str
    uploaded_at: datetime | None
    former: tuple[PaperTemplate, ...]

    @property
    def mark(self) -> Sentence:
        """Which template and version, as a paper notes it."""
        if self.is_shipped:
            return Sentence(N_("平台模板第 %(version)s 版"), version=SHIPPED_VERSION)
        return Sentence(N_("本单位模板第 %(version)s 版"), version=self.version)


def templates(session: Session) -> tuple[TemplateView, ...]:
    """Return the template of each kind."""
    query = sa.select(PaperTemplate).options(joinedload(PaperTemplate.uploaded_by))
    rows = session.scalars(query.order_by(PaperTemplate.version.desc())).all()
    return tuple(_view(kind, tuple(row for row in rows if row.kind == kind)) for kind in PaperKind)


def current_template(session: Session, data: Path, kind: str) -> tuple[TemplateView, bytes]:
    """Return the template of a kind that counts, and its file.

    Raises:
        NotFound: there is no such kind, or its file is gone.
    """
    view = next((each for each in templates(session) if each.kind == kind), None)
    if view is None:
        raise NotFound(N_("没有这种文书。"))
    if view.is_shipped:
        return view, shipped_template(kind)
    return view, _stored(data, view.former[0])


def shipped_template(kind: str) -> bytes:
    """Return the template of a kind that comes with the package."""
    return (files("matchmaker.services.papers") / "shipped" / f"{PaperKind(kind)}.docx").read_bytes()


def former_template(session: Session, data: Path, template_id: int) -> tuple[PaperTemplate, bytes]:
    """Return an uploaded version and its file.

    Raises:
        NotFound: there is none.
    """
    row = session.get(PaperTemplate, template_id) if 0 < template_id <= LARGEST_ID else None
    if row is None or row.sha256 is None:
        raise NotFound(N_("没有找到这个模板。"))
    return row, _stored(data, row)


def upload_template(
    session: Session, actor: Actor, data: Path, kind: str, stored: StoredFile, note: str = ""
) -> PaperTemplate:
    """Let an uploaded file be the template of a kind from now on; the former version is kept.

    Raises:
        Forbidden: the actor does not keep the templates. NotFound: no such kind.
        Invalid: the file is no template that could be filled (see `check_template`).
        Conflict: somebody else uploaded one at the same moment.
    """
    _require(actor, kind)
    if stored.size > MOST_BYTES:
        raise Invalid(N_("模板文件太大，最多 %(most)s MB。"), most=MOST_BYTES // 1024 // 1024)
    check_template(kind, stored_path(data, stored.sha256).read_bytes())
    return _add(session, actor, kind, name=stored.name, sha256=stored.sha256, note=line(note)[:NOTE_MOST])


def use_shipped(session: Session, actor: Actor, kind: str) -> PaperTemplate:
    """Return to the template that comes with the package; uploaded versions are kept.

    Raises:
        Forbidden, NotFound, Conflict: see `upload_template`; it counts already.
    """
    _require(actor, kind)
    if next(each for each in templates(session) if each.kind == kind).is_shipped:
        raise Conflict(N_("现在用的就是平台自带的模板。"))
    return _add(session, actor, kind, name="", sha256=None, note="")


def _add(session: Session, actor: Actor, kind: str, **values: str | None) -> PaperTemplate:
    latest = session.scalar(sa.select(sa.func.max(PaperTemplate.version)).where(PaperTemplate.kind == kind)) or 0
    row = PaperTemplate(kind=kind, version=latest + 1, uploaded_by_id=actor.user_id, **values)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(N_("刚刚有人更换了这个模板，请刷新后再试。")) from error
    record(session, actor, "replace", PaperTemplate.subject_kind, row.id, kind=kind, version=row.version)
    return row


def _view(kind: PaperKind, rows: tuple[PaperTemplate, ...]) -> TemplateView:
    latest = rows[0] if rows else None
    is_shipped = latest is None or latest.sha256 is None
    return TemplateView(
        kind=kind,
        version=latest.version if latest else 0,
        is_shipped=is_shipped,
        name=f"{kind}.docx" if latest is None or is_shipped else latest.name,
        uploaded_by=latest.uploaded_by.name if latest and latest.uploaded_by else "",
        uploaded_at=latest.uploaded_at if latest else None,
        former=rows,
    )


def _stored(data: Path, row: PaperTemplate) -> bytes:
    path = stored_path(data, row.sha256 or "")
    if not path.is_file():
        raise NotFound(N_("模板文件已经不在了，请重新上传。"))
    return path.read_bytes()


def _require(actor: Actor, kind: str) -> None:
    if not can_keep_paper_templates(actor):
        raise Forbidden(N_("文书模板由科技局维护。"))
    if kind not in PAPER_NAMES:
        raise NotFound(N_("没有这种文书。"))
