"""Vectors as rows, the models that made them, and the change log that indexes follow."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class Scope(StrEnum):
    """Which text of a listing a vector or a token list was made from.

    OPEN is the text of a public listing, the same for all. INSIDE is the full text of an anonymous or brokers-only
    listing, OUTSIDE the part of an anonymous one that everybody may read.
    """

    OPEN = "open"
    INSIDE = "inside"
    OUTSIDE = "outside"


class ModelState(StrEnum):
    """A model is being built until every live listing has its vectors; then it serves and the former one retires."""

    BUILDING = "building"
    ACTIVE = "active"
    RETIRED = "retired"


class EmbeddingModel(Base):
    """A model whose vectors are stored, with all that is needed to load it again."""

    __tablename__ = "embedding_models"

    model_id: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(300))
    query_prompt: Mapped[str | None] = mapped_column(sa.String(300))
    document_prompt: Mapped[str | None] = mapped_column(sa.String(300))
    dimension: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16), default=ModelState.BUILDING)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    activated_at: Mapped[datetime | None]


class Embedding(Base):
    """One vector: little-endian float32 bytes of unit length, of one part of a listing in one scope and role."""

    __tablename__ = "embeddings"
    __table_args__ = (
        sa.UniqueConstraint("model_id", "listing_id", "scope", "part", "role"),
        sa.Index("ix_embeddings_listing_id", "listing_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    model_id: Mapped[str] = mapped_column(sa.ForeignKey("embedding_models.model_id"))
    scope: Mapped[str] = mapped_column(sa.String(8))
    part: Mapped[str] = mapped_column(sa.String(8))
    role: Mapped[str] = mapped_column(sa.String(8))
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    text_revision: Mapped[int]
    vector: Mapped[bytes] = mapped_column(sa.LargeBinary)


class IndexChange(Base):
    """Append-only: a listing whose index entries are to be read again (or dropped, where it is no longer live)."""

    __tablename__ = "index_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class Lease(Base):
    """Who does a piece of background work, until when: a dead worker's lease runs out by itself."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(80))
    expires_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
