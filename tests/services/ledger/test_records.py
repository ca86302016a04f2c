"""Evidence records: nothing counts on one person's word, without a document, or twice."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.people import Organization
from matchmaker.services.ledger import figure
from matchmaker.services.ledger.records import (
    approve_record,
    corrections_of,
    dismiss_record,
    enter_record,
    get_record,
    records_page,
)
from matchmaker.services.uploads import StoredFile
from tests.cast import Cast, Member
from tests.ledger import a_record, make_approved, make_branch_staff, make_second, on_day


@pytest.fixture
def diana(session: Session, cast: Cast) -> Member:
    return make_second(session, cast)


def envoys(session: Session, cast: Cast) -> object:
    return figure(session, cast.dave.actor, "envoys", 2025).value


def test_a_record_counts_once_a_second_person_approved_it(session: Session, cast: Cast, diana: Member) -> None:
    entered = enter_record(session, cast.dave.actor, a_record())
    assert envoys(session, cast) == 0
    with pytest.raises(Forbidden):
        approve_record(session, cast.dave.actor, entered)
    approve_record(session, diana.actor, entered)
    assert (envoys(session, cast), entered.on, entered.decided_by_id) == (12, date(2025, 6, 30), diana.user_id)
    with pytest.raises(Conflict):
        approve_record(session, diana.actor, entered)


def test_a_correction_takes_the_place_of_what_it_refers_to(session: Session, cast: Cast, diana: Member) -> None:
    wrong = make_approved(session, cast.dave.actor, diana.actor, a_record())
    right = enter_record(session, cast.dave.actor, a_record(amount="11"), corrects=wrong)
    assert envoys(session, cast) == 12
    approve_record(session, diana.actor, right)
    assert (envoys(session, cast), wrong.state, [row.id for row in corrections_of(session, wrong)]) == (
        11,
        "corrected",
        [right.id],
    )
    with pytest.raises(Conflict):
        enter_record(session, cast.dave.actor, a_record(amount="1"), corrects=wrong)


def test_a_correction_may_take_a_record_back(session: Session, cast: Cast, diana: Member) -> None:
    wrong = make_approved(session, cast.dave.actor, diana.actor, a_record())
    approve_record(session, diana.actor, enter_record(session, cast.dave.actor, a_record(amount="0"), corrects=wrong))
    assert envoys(session, cast) == 0


def test_a_dismissed_record_never_counts(session: Session, cast: Cast, diana: Member) -> None:
    entered = enter_record(session, cast.dave.actor, a_record())
    with pytest.raises(Invalid):
        dismiss_record(session, diana.actor, entered, " ")
    dismiss_record(session, diana.actor, entered, "文号不对")
    assert (entered.state, entered.refusal, envoys(session, cast)) == ("dismissed", "文号不对", 0)
    enter_record(session, cast.dave.actor, a_record())


def test_the_same_thing_is_entered_once(session: Session, cast: Cast) -> None:
    enter_record(session, cast.dave.actor, a_record())
    with pytest.raises(Conflict):
        enter_record(session, cast.dave.actor, a_record(amount="3"))
    enter_record(session, cast.dave.actor, a_record(subject="第二批科技特派员"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"amount": "-3"}, "amount"),
        ({"amount": "12.5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "9" * 30}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"on": ""}, "on"),
        ({"on": "2025-02-30"}, "on"),
        ({"on": "2090-01-01"}, "on"),
        ({"on": "1990-01-01"}, "on"),
        ({"subject": " "}, "subject"),
        ({"subject": "长" * 201}, "subject"),
        ({"branch": "999999"}, "branch"),
        ({"indicator": "published_needs"}, "indicator"),
        ({"indicator": "credit", "amount": "5 dollars"}, "amount"),
    ],
)
def test_bad_records_are_refused_at_their_field(
    session: Session, cast: Cast, values: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        enter_record(session, cast.dave.actor, a_record(**{"indicator": "envoys", **values}))
    assert list(refused.value.errors) == [field]


def test_a_file_is_a_document_too_and_goes_along_with_a_correction(session: Session, cast: Cast, diana: Member) -> None:
    stored = StoredFile("名单.pdf", "application/pdf", 3, "a" * 64)
    entered = enter_record(session, cast.dave.actor, a_record(reference=""), stored)
    approve_record(session, diana.actor, entered)
    corrected = enter_record(session, cast.dave.actor, a_record(reference="", amount="10"), corrects=entered)
    assert (entered.sha256, corrected.file_name) == ("a" * 64, "名单.pdf")


def test_money_is_read_as_people_write_it(session: Session, cast: Cast, diana: Member) -> None:
    make_approved(session, cast.dave.actor, diana.actor, a_record("credit", amount="1.25亿"))
    assert figure(session, cast.dave.actor, "credit", 2025).value == 125_000_000


def test_a_level_is_its_latest_record(session: Session, cast: Cast, diana: Member) -> None:
    for on, amount in (("2025-09-30", "940"), ("2025-03-31", "910")):
        draft = a_record("hightech_enterprises", on=on, amount=amount, subject="高企总数")
        make_approved(session, cast.dave.actor, diana.actor, draft)
    found = figure(session, cast.dave.actor, "hightech_enterprises", 2025)
    assert (found.value, found.target, found.missing) == (940, 1000, 60)


def test_a_branch_enters_and_sees_its_own_and_approves_nothing(session: Session, cast: Cast) -> None:
    frank = make_branch_staff(session)
    other = make_branch_staff(session, "经开区分中心", "grace")
    entered = enter_record(session, frank.actor, a_record(branch=str(other.organization_id)))
    assert entered.branch_id == frank.organization_id
    assert records_page(session, frank.actor).total == 1
    assert (records_page(session, other.actor).total, records_page(session, other.actor).waiting) == (0, 0)
    with pytest.raises(NotFound):
        get_record(session, other.actor, entered.id)
    with pytest.raises(Forbidden):
        approve_record(session, other.actor, entered)
    approve_record(session, cast.dave.actor, entered)
    assert figure(session, frank.actor, "envoys", 2025).value == 12
    assert figure(session, other.actor, "envoys", 2025).value == 0
    assert session.get_one(Organization, frank.organization_id).kind == "branch"


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "erin", "mallory", "peter"])
def test_others_enter_no_records(session: Session, cast: Cast, key: str) -> None:
    with pytest.raises(Forbidden):
        enter_record(session, cast[key].actor, a_record())


def test_what_has_not_happened_yet_is_no_record(session: Session, cast: Cast) -> None:
    with on_day(2025, 6, 29), pytest.raises(Invalid):
        enter_record(session, cast.dave.actor, a_record())
