"""Leases: several workers divide the work, and a dead one's share falls back by itself."""

import os
import socket
import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, upsert, utc_now
from matchmaker.domain.embeddings import Lease

LEASE_SECONDS = 120


def take_leases(session: Session, names: Sequence[str], holder: str, seconds: int = LEASE_SECONDS) -> set[str]:
    """Take those of `names` that nobody else holds, or extend one's own; return the names now held by `holder`."""
    if not names:
        return set()
    now = utc_now()
    expires_at = now + timedelta(seconds=seconds)
    rows = [{"name": n, "holder": holder, "expires_at": expires_at, "heartbeat_at": now} for n in names]
    insert = upsert(session, Lease).values(rows)
    free = sa.or_(Lease.expires_at < now, Lease.holder == holder)
    taken = insert.on_conflict_do_update(
        index_elements=[Lease.name],
        set_={"holder": holder, "expires_at": expires_at, "heartbeat_at": now},
        where=free,
    ).returning(Lease.name)
    return set(session.scalars(taken))


def holder_name() -> str:
    """Return a name for this process on leases: host, process id, and a few random letters."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:6]}"


def release_dead_holders(session: Session) -> None:
    """Free what killed processes of this host still hold, so that their work need not wait for the leases to expire."""
    for holder in session.scalars(sa.select(Lease.holder).distinct()).all():
        host, _, rest = holder.partition("/")
        process = rest.partition("/")[0]
        if host == socket.gethostname() and process.isdigit() and not _is_alive(int(process)):
            session.execute(sa.delete(Lease).where(Lease.holder == holder))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def claim(database: Database, prefix: str, ids: Sequence[int], holder: str) -> list[int]:
    """Take the leases `prefix:ID` in a transaction of their own; return the ids that are now `holder`'s."""
    if not ids:
        return []
    with database.transaction() as session:
        held = take_leases(session, [f"{prefix}:{found}" for found in ids], holder)
    return [found for found in ids if f"{prefix}:{found}" in held]


def release_leases(session: Session, names: Sequence[str], holder: str) -> None:
    """Give leases back before they expire; what is no longer one's own is left alone."""
    session.execute(sa.delete(Lease).where(Lease.name.in_(names), Lease.holder == holder))


def leased_ids(session: Session, prefix: str, holder: str) -> set[int]:
    """Return the ids of the leases `prefix:ID` that others hold now."""
    names = session.scalars(
        sa.select(Lease.name).where(
            Lease.name.startswith(f"{prefix}:"), Lease.holder != holder, Lease.expires_at >= utc_now()
        )
    )
    return {int(name.rpartition(":")[2]) for name in names}
