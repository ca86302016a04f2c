"""What may be done to a listing in each state, by whom."""

import pytest

from matchmaker.services.closing import Ending, close
from matchmaker.services.listing_actions import actions
from matchmaker.services.listings import create_listing
from matchmaker.services.review import return_with_advice
from matchmaker.services.revisions import start_revision
from matchmaker.services.submission import submit
from tests.drafts import COMPLETE, make_draft, make_published, make_submitted

OWN = {"close", "hand_over", "attach"}


def of_client(session, cast):
    listing = create_listing(session, cast.carol.actor, "need", cast.alice.organization_id, raw=COMPLETE["need"])
    submit(session, cast.carol.actor, listing, 1, declared=True)
    return listing


def returned(session, cast):
    listing = make_submitted(session, cast.alice)
    return_with_advice(session, cast.dave.actor, listing, 1, reasons=["other"], advice="请改")
    return listing


def revised(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    start_revision(session, cast.alice.actor, listing)
    return listing


def closed(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    close(session, cast.alice.actor, listing, Ending("solved_elsewhere"))
    return listing


STATES = {
    "draft": lambda session, cast: make_draft(session, cast.alice),
    "confirming": of_client,
    "submitted": lambda session, cast: make_submitted(session, cast.alice),
    "returned": returned,
    "published": lambda session, cast: make_published(session, cast.alice, cast.dave),
    "brokers": lambda session, cast: make_published(session, cast.alice, cast.dave, visibility="brokers"),
    "revised": revised,
    "closed": closed,
}

# (state, name): what the person may do; all others may do nothing.
TABLE = {
    ("draft", "alice"): OWN | {"edit", "submit"},
    ("closed", "alice"): {"restore"},
    ("confirming", "alice"): OWN | {"recall", "confirm", "send_back"},
    ("confirming", "carol"): {"close", "attach", "recall"},
    ("submitted", "alice"): OWN | {"recall"},
    ("submitted", "carol"): {"review"},
    ("submitted", "dave"): {"review"},
    ("returned", "alice"): OWN | {"edit", "submit"},
    ("published", "alice"): OWN | {"revise", "narrow"},
    ("published", "dave"): {"close"},
    ("brokers", "alice"): OWN | {"revise"},
    ("brokers", "dave"): {"close"},
    ("revised", "alice"): OWN | {"edit", "submit", "discard", "narrow"},
    ("revised", "dave"): {"close"},
}


@pytest.mark.parametrize("state", list(STATES))
def test_actions_by_state_and_person(session, cast, state):
    listing = STATES[state](session, cast)
    for name in ("alice", "bob", "carol", "dave", "erin", "mallory", "peter"):
        assert actions(cast[name].actor, listing) == TABLE.get((state, name), set()), name
