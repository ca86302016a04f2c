"""From published text to vectors: claim what is behind, encode it with no lock held, write it if it still stands."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.base import Database, upsert
from matchmaker.domain.embeddings import Embedding, IndexChange
from matchmaker.domain.listings import Listing, ListingKind, Revision
from matchmaker.search.document import Document
from matchmaker.search.encoder import Encoder
from matchmaker.services.embedding_models import behind
from matchmaker.services.leases import claim, leased_ids, release_leases
from matchmaker.services.projection import document, scopes

BATCH = 16
LEASE = "embed"
PARTS = ("title", "full")
# Which prompt each side is encoded with; the same on both sides ranks real graded pairs best (see the README).
ROLES = {ListingKind.NEED: "query", ListingKind.ACHIEVEMENT: "query"}

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PendingText:
    """One text to encode: of which listing, at which text revision, in which scope, part and role."""

    listing_id: int
    text_revision: int
    scope: str
    part: str
    role: str
    text: str

    @property
    def text_hash(self) -> str:
        """Hash of role and text: an unchanged text keeps its vector."""
        return text_hash(self.role, self.text)


def embed_batch(database: Database, encoder: Encoder, holder: str, limit: int = BATCH) -> int:
    """Bring up to `limit` listings' vectors up to date; return how many were claimed (0: nothing is behind)."""
    held = _claim(database, encoder.model_id, holder, limit)
    if not held:
        return 0
    with database.read() as session:
        pending = _pending(session, held)
    vectors = _encode(encoder, [text for texts in pending.values() for text in texts])
    with database.transaction() as session:
        for listing_id, texts in pending.items():
            _write(session, listing_id, texts, vectors, encoder.model_id)
        release_leases(session, [f"{LEASE}:{listing_id}" for listing_id in held], holder)
    return len(held)


def texts_of(listing: Listing, revision: Revision) -> list[PendingText]:
    """Return every text of a published revision that has a vector of its own."""
    role = ROLES[ListingKind(listing.kind)]
    return [
        PendingText(listing.id, listing.text_revision, scope, part, role, text)
        for scope in scopes(revision)
        for part, text in zip(PARTS, parts_of(document(listing, revision, scope)), strict=True)
    ]


def text_hash(role: str, text: str) -> str:
    """Return the hash under which the vector of a text in a role is stored."""
    return hashlib.sha256(f"{role}\n{text}".encode()).hexdigest()


def parts_of(shown: Document) -> tuple[str, str]:
    """Return the two texts of a document that are encoded: its title, and title and body together."""
    return shown.title, f"{shown.title}\n{shown.body}" if shown.body else shown.title


def vectors_of(
    session: Session, listing_ids: Iterable[int], model_id: str
) -> dict[tuple[int, str], tuple[Vector, Vector]]:
    """Return (title, full) unit vectors by (listing id, scope), for those listings that have both."""
    rows = session.execute(
        sa.select(Embedding.listing_id, Embedding.scope, Embedding.part, Embedding.vector).where(
            Embedding.model_id == model_id, Embedding.listing_id.in_(list(listing_ids))
        )
    )
    parts: dict[tuple[int, str], dict[str, Vector]] = defaultdict(dict)
    for listing_id, scope, part, vector in rows:
        parts[listing_id, scope][part] = np.frombuffer(vector, dtype="<f4")
    return {key: (found["title"], found["full"]) for key, found in parts.items() if len(found) == len(PARTS)}


def note_change(session: Session, listing_id: int) -> None:
    """Tell every index that this listing is to be read again."""
    session.add(IndexChange(listing_id=listing_id))


def _claim(database: Database, model_id: str, holder: str, limit: int) -> list[int]:
    # Looking takes no lock: an idle worker must not keep writers waiting.
    with database.read() as session:
        taken = leased_ids(session, LEASE, holder)
        # What people typed themselves goes before what was imported in bulk, which has an external id.
        found = session.scalars(
            sa.select(Listing.id)
            .where(*behind(model_id), Listing.id.not_in(taken))
            .order_by(Listing.external_id.is_not(None), Listing.published_at, Listing.id)
            .limit(limit)
        ).all()
    return claim(database, LEASE, found, holder)


def _pending(session: Session, listing_ids: Sequence[int]) -> dict[int, list[PendingText]]:
    listings = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(listing_ids), Listing.published_revision_id.is_not(None))
        .options(selectinload(Listing.published_revision).selectinload(Revision.indicators))
    )
    return {listing.id: texts_of(listing, listing.current) for listing in listings}


def _encode(encoder: Encoder, texts: Sequence[PendingText]) -> dict[tuple[str, str], bytes]:
    """Return little-endian float32 bytes by (role, text); equal texts are encoded once."""
    vectors: dict[tuple[str, str], bytes] = {}
    for role, encode in (("query", encoder.encode_queries), ("document", encoder.encode_documents)):
        distinct = list(dict.fromkeys(text.text for text in texts if text.role == role))
        if distinct:
            rows = encode(distinct).astype("<f4")
            vectors.update({(role, text): row.tobytes() for text, row in zip(distinct, rows, strict=True)})
    return vectors


def _write(
    session: Session,
    listing_id: int,
    texts: Sequence[PendingText],
    vectors: dict[tuple[str, str], bytes],
    model_id: str,
) -> None:
    listing = session.get(Listing, listing_id, populate_existing=True)
    if listing is None or listing.text_revision != texts[0].text_revision or not listing.is_live:
        return  # edited or withdrawn while encoding: the next round sees it again
    wanted = {text.scope for text in texts}
    session.execute(
        sa.delete(Embedding).where(
            Embedding.listing_id == listing_id, Embedding.model_id == model_id, Embedding.scope.not_in(wanted)
        )
    )
    for text in texts:
        session.execute(_upsert_vector(session, text, vectors[text.role, text.text], model_id))
    listing.embedded_model, listing.embedded_revision = model_id, listing.text_revision
    note_change(session, listing_id)


def _upsert_vector(session: Session, text: PendingText, vector: bytes, model_id: str) -> sa.Executable:
    content = {"text_hash": text.text_hash, "text_revision": text.text_revision, "vector": vector}
    key = {
        "model_id": model_id,
        "listing_id": text.listing_id,
        "scope": text.scope,
        "part": text.part,
        "role": text.role,
    }
    insert = upsert(session, Embedding).values(**key, **content)
    return insert.on_conflict_do_update(index_elements=list(key), set_=content)  # type: ignore[no-any-return]
