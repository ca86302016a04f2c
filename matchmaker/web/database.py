"""One database session per request, and the one commit at its edge."""

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matchmaker.services.readings import collecting
from matchmaker.web.journaling import write_down
from matchmaker.web.platform import platform

READING = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_ERROR = 400


class Application(Flask):
    """Flask, with the commit placed where its failure still becomes a proper answer."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; commit where its answer is a success, else roll back, before anything is sent.

        What the answer shows of listings that are not open to all is written down then, in a transaction of its own.
        """
        try:
            with collecting() as seen:
                response = self.make_response(super().dispatch_request())
            _finish(response)
            write_down(seen, response)
        except BaseException:
            _roll_back()
            raise
        return response


def session() -> Session:
    """Return this request's session, opened at first use: reading for GET and HEAD, writing for everything else.

    Views never commit. A writing session holds SQLite's write lock from its first statement to the end of the view.
    """
    if "database_session" not in g:
        database = platform().database
        g.database_session = database.read() if request.method in READING else database.write()
    opened: Session = g.database_session
    return opened


def init_database(app: Flask) -> None:
    """Close the session at the end of each request, whatever happened."""
    app.teardown_request(_close)


def _finish(response: Response) -> None:
    opened: Session | None = g.get("database_session")
    if opened is None:
        return
    if response.status_code < FIRST_ERROR and request.method not in READING:
        opened.commit()
    else:
        opened.rollback()


def _roll_back() -> None:
    opened: Session | None = g.get("database_session")
    if opened is not None:
        opened.rollback()


def _close(_error: BaseException | None) -> None:
    opened: Session | None = g.pop("database_session", None)
    if opened is not None:
        opened.close()
