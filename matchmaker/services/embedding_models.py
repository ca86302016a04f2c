"""Which model serves, and which is being built beside it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, upsert, utc_now
from matchmaker.domain.embeddings import Embedding, EmbeddingModel, IndexChange, ModelState
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.search.encoder import Encoder


def active_model(session: Session) -> EmbeddingModel | None:
    """Return the model whose vectors serve now, or None before the first is complete."""
    return session.scalar(sa.select(EmbeddingModel).where(EmbeddingModel.state == ModelState.ACTIVE))


def register_model(session: Session, encoder: Encoder, settings: Settings) -> EmbeddingModel:
    """Make `encoder`'s model known. The very first one serves at once; a later one is built while the old serves."""
    first = active_model(session) is None
    state = ModelState.ACTIVE if first else ModelState.BUILDING
    insert = upsert(session, EmbeddingModel).values(
        model_id=encoder.model_id,
        name=settings.model,
        query_prompt=settings.query_prompt,
        document_prompt=settings.document_prompt,
        dimension=encoder.dimension,
        state=state,
        created_at=utc_now(),
        activated_at=utc_now() if first else None,
    )
    session.execute(insert.on_conflict_do_nothing())
    model = session.get_one(EmbeddingModel, encoder.model_id)
    if model.state == ModelState.RETIRED:
        model.state = ModelState.BUILDING
    return model


def count_behind(session: Session, model_id: str) -> int:
    """Return how many live listings lack up-to-date vectors of a model."""
    return session.scalar(sa.select(sa.func.count()).select_from(Listing).where(*behind(model_id))) or 0


def behind(model_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of a live listing whose vectors are missing, old, or another model's."""
    return (
        Listing.state == ListingState.PUBLISHED,
        sa.or_(
            Listing.embedded_model.is_(None),
            Listing.embedded_model != model_id,
            Listing.embedded_revision < Listing.text_revision,
        ),
    )


def activate_if_complete(database: Database, model_id: str) -> bool:
    """Let a model serve once every live listing has its vectors; the former retires and its vectors are dropped."""
    with database.read() as session:
        if not _is_complete(session, model_id):
            return False
    with database.transaction() as session:
        if not _is_complete(session, model_id):
            return False
        _activate(session, session.get_one(EmbeddingModel, model_id))
    return True


def _is_complete(session: Session, model_id: str) -> bool:
    model = session.get_one(EmbeddingModel, model_id)
    return model.state == ModelState.BUILDING and not count_behind(session, model_id)


def _activate(session: Session, model: EmbeddingModel) -> None:
    serving = sa.update(EmbeddingModel).where(EmbeddingModel.state == ModelState.ACTIVE)
    session.execute(serving.values(state=ModelState.RETIRED))
    model.state, model.activated_at = ModelState.ACTIVE, utc_now()
    session.execute(sa.delete(Embedding).where(Embedding.model_id != model.model_id))
    live = sa.select(Listing.id).where(Listing.state == ListingState.PUBLISHED)
    session.execute(sa.insert(IndexChange).from_select(["listing_id"], live))
