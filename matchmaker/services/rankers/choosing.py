"""Choosing the ranker that serves: who may, what is refused, and how a choice becomes the one in use."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.config import ConfigurationError, Settings
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_choose_ranker
from matchmaker.domain.rankers import RankerChoice, RankerSource, RankerState
from matchmaker.domain.states import move
from matchmaker.search.networks import has_base
from matchmaker.search.weights import RankerError
from matchmaker.services.embedding_models import active_model
from matchmaker.services.rankers.folder import SHIPPED, Model, open_model
from matchmaker.services.rankers.judging import judge
from matchmaker.services.rankers.serving import choice_in
from matchmaker.services.rankers.tuned_vectors import count_untuned

HISTORY_LENGTH = 20
SHIPPED_NAME = N_("内置排序")


def choose(
    session: Session,
    settings: Settings,
    actor: Actor,
    name: str,
    *,
    seen: int | None = None,
    source: RankerSource = RankerSource.PAGE,
) -> RankerChoice:
    """Choose the ranker `name` (or SHIPPED) to serve; it does so as soon as every listing has what it needs.

    `seen` is the id of the choice that the actor saw in force, 0 for none. Anything may be left for the shipped
    ranker or for the one that served before; any other candidate must not be worse than the one that serves.

    Raises:
        Forbidden: not an administrator.
        Conflict: the configuration decides; somebody chose meanwhile; it is chosen already; it is worse; or it has to
            be compared first. The sentence has the figures.
        Invalid: there is no such model, or it does not fit this installation.
    """
    require_may_choose(settings, actor)
    present = latest_choice(session)
    if seen is not None and seen != (present.id if present else 0):
        raise Conflict(N_("刚刚有人换过排序模型。请看过现在的状态再决定。"))
    if name == SHIPPED:
        if present is None or present.name is None:
            raise Conflict(N_("%(name)s已经在使用。"), name=SHIPPED_NAME)
        return put(session, actor, None, source)
    model = _usable(session, settings, name)
    if present is not None and present.mark == model.mark:
        raise Conflict(N_("%(name)s已经在使用。"), name=model.name)
    if model.mark not in _served(session):
        _refuse_worse(session, settings, model)
    return put(session, actor, model, source)


def require_may_compare(actor: Actor) -> None:
    """Let pass whoever may compare, whoever decides.

    Raises:
        Forbidden: not an administrator.
    """
    if not can_choose_ranker(actor):
        raise Forbidden(N_("只有平台管理员可以选择排序模型。"))


def require_may_choose(settings: Settings, actor: Actor) -> None:
    """Let pass whoever may choose.

    Raises:
        Forbidden: not an administrator.
        Conflict: the configuration decides.
    """
    require_may_compare(actor)
    if settings.ranker is not None:
        raise Conflict(
            N_("排序模型由环境变量 MATCHMAKER_RANKER=%(name)s 指定。要在这里选择，请先去掉它并重新启动。"),
            name=settings.ranker,
        )


def latest_choice(session: Session) -> RankerChoice | None:
    """Return the choice in force, whether it serves already or is still being prepared."""
    return choice_in(session, RankerState.BUILDING) or choice_in(session, RankerState.ACTIVE)


def former_choice(session: Session) -> RankerChoice | None:
    """Return the choice that served before the present one; None where none did."""
    served = RankerChoice.state == RankerState.RETIRED, RankerChoice.activated_at.is_not(None)
    return session.scalars(sa.select(RankerChoice).where(*served).order_by(RankerChoice.id.desc()).limit(1)).first()


def _served(session: Session) -> set[str | None]:
    """The marks of what serves while another choice is being prepared, and of what served before."""
    rows = (choice_in(session, RankerState.ACTIVE), former_choice(session))
    return {row.mark for row in rows if row is not None}


def choices(session: Session) -> list[RankerChoice]:
    """Return the last choices, the newest first."""
    query = sa.select(RankerChoice).options(joinedload(RankerChoice.chosen_by))
    return list(session.scalars(query.order_by(RankerChoice.id.desc()).limit(HISTORY_LENGTH)))


def follow_configuration(session: Session, settings: Settings) -> None:
    """Worker only: let the configuration's choice serve, or what people had chosen before there was one.

    Raises:
        RankerError: the model that the configuration names cannot be used.
        ConfigurationError: it is worse than what serves; the sentence has the figures.
    """
    present = latest_choice(session)
    if settings.ranker is None:
        if present is not None and present.source == RankerSource.CONFIGURATION:
            _return_to_people(session, settings)
        return
    model = None if settings.ranker == SHIPPED else open_model(settings, settings.ranker)
    mark = model.mark if model else None
    is_named = present is not None and present.source == RankerSource.CONFIGURATION
    if is_named and present is not None and (present.name, present.mark) == (model.name if model else None, mark):
        return
    if model is not None and model.mark not in _served(session):
        _refuse_worse_configured(session, settings, model)
    put(session, Actor.system(), model, RankerSource.CONFIGURATION)


def put(session: Session, actor: Actor, model: Model | None, source: RankerSource) -> RankerChoice:
    """Write a choice; one that needs no further vectors serves at once."""
    for waiting in session.scalars(sa.select(RankerChoice).where(RankerChoice.state == RankerState.BUILDING)):
        move(session, waiting, RankerState.RETIRED, actor)
    choice = RankerChoice(
        name=model.name if model else None,
        mark=model.mark if model else None,
        state=RankerState.BUILDING,
        source=source,
        chosen_by_id=actor.user_id,
    )
    session.add(choice)
    session.flush()
    record(session, actor, "choose", "ranker_choice", choice.id, name=choice.name, mark=choice.mark, source=source)
    if model is None or model.trained.tuned is None or not count_untuned(session, model.mark):
        activate(session, actor, choice)
    return choice


def activate(session: Session, actor: Actor, choice: RankerChoice) -> None:
    """Let a choice serve in place of the former one; lists are computed anew in the background."""
    for serving in session.scalars(sa.select(RankerChoice).where(RankerChoice.state == RankerState.ACTIVE)):
        move(session, serving, RankerState.RETIRED, actor)
    session.flush()
    move(session, choice, RankerState.ACTIVE, actor)
    choice.activated_at = utc_now()
    session.flush()


def base_of(settings: Settings) -> Path:
    """Return where the model lies that networks are trained from."""
    return settings.indexes / "model"


def _usable(session: Session, settings: Settings, name: str) -> Model:
    try:
        model = open_model(settings, name)
    except RankerError as error:
        raise Invalid(N_("这个排序模型不能使用：%(fault)s"), fault=error) from error
    embedding = active_model(session)
    made_from = str(model.manifest.get("model", ""))
    if embedding is not None and made_from != embedding.model_id:
        raise Invalid(
            N_("%(name)s 是在语义模型 %(made)s 上训练的，本站使用的是 %(used)s。请用本站的设置重新训练。"),
            name=name,
            made=made_from or "?",
            used=embedding.model_id,
        )
    if model.terms and not has_base(base_of(settings)):
        raise Invalid(N_("%(name)s 需要默认语义模型的文件，请先运行 matchmaker prepare-model。"), name=name)
    return model


def _refuse_worse(session: Session, settings: Settings, model: Model) -> None:
    verdict = judge(session, settings, model)
    if not verdict.passes:
        raise Conflict(verdict.sentence.template, **verdict.sentence.values)


def _refuse_worse_configured(session: Session, settings: Settings, model: Model) -> None:
    verdict = judge(session, settings, model)
    # A new installation has nobody yet who could compare: what is still open is left to whoever set it.
    if not verdict.passes and not verdict.is_open:
        raise ConfigurationError(f"MATCHMAKER_RANKER={settings.ranker!r}: {verdict.sentence}")


def _return_to_people(session: Session, settings: Settings) -> None:
    by_people = RankerChoice.source != RankerSource.CONFIGURATION, RankerChoice.activated_at.is_not(None)
    former = session.scalars(sa.select(RankerChoice).where(*by_people).order_by(RankerChoice.id.desc())).first()
    source = RankerSource(former.source) if former else RankerSource.COMMAND
    try:
        model = open_model(settings, former.name) if former and former.name else None
    except RankerError:
        model = None
    if model is not None and former is not None and model.mark != former.mark:
        model = None
    put(session, Actor.system(), model, source)
