"""Rate limits that hold across processes: flask-limiter, counting in our own database."""

import hashlib
import time

import sqlalchemy as sa
from flask import request
from flask_limiter import Limiter
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.services.rate_counts import add_to_count, forget_count, forget_ended_counts, read_count
from matchmaker.web.login import current_actor
from matchmaker.web.platform import platform

SCHEME = "matchmaker"
CLEAN_EVERY_SECONDS = 600.0
LONGEST_KEY = 200


class DatabaseStorage(Storage):  # type: ignore[misc]
    """Fixed windows in the table `rate_counts` of the current application's database.

    Each count is a short transaction of its own, made before the view runs, so it also counts requests that fail.
    """

    STORAGE_SCHEME = [SCHEME]
    _clean_after = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failing store raises."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` in a window of `expiry` seconds; return the count."""
        with platform().database.transaction() as session:
            if time.monotonic() > self._clean_after:
                self._clean_after = time.monotonic() + CLEAN_EVERY_SECONDS
                forget_ended_counts(session)
            return add_to_count(session, _stored(key), expiry, amount)

    def get(self, key: str) -> int:
        """Return the count in the running window."""
        with platform().database.read() as session:
            return read_count(session, _stored(key))[0]

    def get_expiry(self, key: str) -> float:
        """Return when the running window ends, in seconds since the epoch."""
        with platform().database.read() as session:
            return read_count(session, _stored(key))[1].timestamp()

    def check(self) -> bool:
        """Whether the database answers."""
        with platform().database.read() as session:
            return session.scalar(sa.select(1)) == 1

    def reset(self) -> int | None:
        """Not offered: nobody should forget all limits at once."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Begin anew for `key`."""
        with platform().database.transaction() as session:
            forget_count(session, _stored(key))


def _stored(key: str) -> str:
    """A key may hold what somebody typed: a long one is kept as its hash."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def by_address() -> str:
    """Limit by the caller's network address (behind proxies: as far as they are trusted)."""
    return request.remote_addr or "unknown"


def by_person() -> str:
    """Limit by person where somebody is logged in, else by address."""
    actor = current_actor()
    return f"user:{actor.user_id}" if actor.signed_in else by_address()


limiter = Limiter(key_func=by_address, storage_uri=f"{SCHEME}://", strategy="fixed-window", headers_enabled=True)
