"""The cast itself is sound: everybody may do what the docstring says, with a valid credit code."""

from stdnum.cn import uscc

from matchmaker.domain.base import Database
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import can_post, can_review
from tests.cast import NAMES, Cast


def test_cast_may_do_what_its_roles_say(cast: Cast) -> None:
    posts = {name for name in NAMES if can_post(cast[name].actor, "need")}
    reviews = {name for name in NAMES if can_review(cast[name].actor)}
    assert (posts, reviews) == ({"alice", "mallory", "carol"}, {"carol", "dave"})


def test_cast_has_valid_credit_codes(database: Database, cast: Cast) -> None:
    with database.read() as session:
        codes = [organization.credit_code for organization in session.query(Organization)]
    assert [code for code in codes if not uscc.is_valid(code)] == []
