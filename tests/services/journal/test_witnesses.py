"""The journal's end goes out once a day to whoever chose it and may read it, and to configured addresses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import ConfigurationError, Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.journal_chain import head
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import Membership, MembershipState, User
from matchmaker.services.journal.verifying import verify
from matchmaker.services.journal.witnesses import is_watching, last_witnessed, mail_head, unwatch, watch
from tests.cast import Cast
from tests.journal import write_entries

DAY = date(2026, 12, 1)


def mails(session: Session) -> list[tuple[str, str]]:
    return [(row.recipient, row.subject) for row in session.scalars(sa.select(Mail).order_by(Mail.id))]


def test_the_end_is_mailed_once_a_day(database: Database, settings: Settings, cast: Cast) -> None:
    write_entries(database, 2)
    with database.transaction() as session:
        watch(session, cast.dave.actor)
        watch(session, cast.dave.actor)
    with database.read() as session:
        end, address = head(session), session.get_one(User, cast.dave.user_id).email
    configured = replace(settings, journal_witnesses=("archive@city.example", address or ""))
    sent = [mail_head(database, configured, DAY), mail_head(database, configured, DAY)]
    write_entries(database, 1)
    sent.append(mail_head(database, configured, DAY + timedelta(days=1)))
    assert sent == [2, 0, 2]
    with database.read() as session:
        start = f"2026-12-01 日志末端：第 {end.position} 条，{end.hash[:12]}…"
        assert mails(session)[:2] == [(address, start), ("archive@city.example", start)]
        body = session.scalars(sa.select(Mail.body).order_by(Mail.id)).first() or ""
        last = last_witnessed(session)
        assert last is not None
        assert (last.on, last.position) == (DAY + timedelta(days=1), end.position + 1)
    # What the mail says is what the command asks for.
    noted = body.rpartition("--head ")[2].strip()
    assert (noted, verify(database, wanted=noted).broken) == (end.hash, None)


def test_with_nobody_to_write_to_the_day_stays_open(database: Database, settings: Settings, cast: Cast) -> None:
    write_entries(database, 1)
    assert mail_head(database, settings, DAY) == 0
    with database.transaction() as session:
        watch(session, cast.erin.actor)
    assert mail_head(database, settings, DAY) == 1


def test_who_may_no_longer_read_it_is_not_written_to(database: Database, settings: Settings, cast: Cast) -> None:
    write_entries(database, 1)
    with database.transaction() as session:
        watch(session, cast.dave.actor)
        of_dave = sa.update(Membership).where(Membership.user_id == cast.dave.user_id)
        session.execute(of_dave.values(state=MembershipState.ENDED))
    assert mail_head(database, settings, DAY) == 0


def test_one_may_choose_and_leave_again(session: Session, cast: Cast) -> None:
    dave = cast.dave.actor
    watch(session, dave)
    assert is_watching(session, dave)
    unwatch(session, dave)
    assert not is_watching(session, dave)
    for stranger in (cast.alice, cast.carol):
        with pytest.raises(Forbidden):
            watch(session, stranger.actor)
    session.get_one(User, cast.dave.user_id).email_verified_at = None
    with pytest.raises(Conflict):
        watch(session, dave)


@pytest.mark.parametrize("typed", ["nobody", "a@b.example,", "a@b.example, <c@d.example>"])
def test_addresses_are_checked_when_the_program_starts(typed: str) -> None:
    if typed == "a@b.example,":
        assert load_settings({"MATCHMAKER_JOURNAL_WITNESSES": typed}).journal_witnesses == ("a@b.example",)
        return
    with pytest.raises(ConfigurationError):
        load_settings({"MATCHMAKER_JOURNAL_WITNESSES": typed})
