"""Needs and achievements: posted, handed in, returned now and then, published by somebody else, a few taken back."""

from collections.abc import Sequence
from functools import partial

from matchmaker.domain import codes
from matchmaker.domain.listings import Listing, Revision
from matchmaker.services.closing import WITHDRAWN, Ending, close
from matchmaker.services.listings import create_listing
from matchmaker.services.review import publish, return_with_advice
from matchmaker.services.revisions import save_draft
from matchmaker.services.submission import submit
from synthetic.story import Person, Story
from synthetic.words import achievement_text, draw_field, need_text

TEXTS = {"need": need_text, "achievement": achievement_text}
RETURNED, WITHDRAWN_LATER = 0.12, 0.03
LAST_POSTED = 330


def schedule_listings(story: Story) -> None:
    """Let needs and achievements be posted through the year, by whoever is there then."""
    for kind, count in (("need", story.sizes.needs), ("achievement", story.sizes.achievements)):
        for number in range(1, count + 1):
            # The first ones early, so that events and deals have something to be about.
            day = story.some_day(8, 20) if number <= count * 0.2 else story.some_day(8, LAST_POSTED)
            story.at(story.some_time(day), f"{kind}s", partial(_post, kind, number))


def _post(kind: str, number: int, story: Story) -> None:
    posters = story.cast.enterprises if kind == "need" else story.cast.universities
    owner = story.random.choice(posters)
    text = TEXTS[kind](story.random, draw_field(story.random), number)
    listing = create_listing(story.session, story.actor(owner), kind, raw=text)
    _hand_in(owner, listing.id, story)
    story.counts[f"{kind}s"] += 1


def _hand_in(owner: Person, listing_id: int, story: Story) -> None:
    listing = story.session.get_one(Listing, listing_id)
    submit(story.session, story.actor(owner), listing, _working(listing).version, declared=True)
    story.later(story.random.randint(1, 6), f"{listing.kind}s", partial(_review, owner, listing_id))


def _working(listing: Listing) -> Revision:
    assert listing.working_revision is not None
    return listing.working_revision


def _review(owner: Person, listing_id: int, story: Story) -> None:
    listing = story.session.get_one(Listing, listing_id)
    reviewer, version = story.actor(story.random.choice(_reviewers(story))), _working(listing).version
    if story.random.random() < RETURNED:
        reason = story.random.choice([row.code for row in codes.table("return_reasons")])
        return_with_advice(story.session, reviewer, listing, version, reasons=[reason], advice="请把指标写得更具体。")
        story.later(story.random.randint(1, 9), f"{listing.kind}s", partial(_improve, owner, listing_id))
        return
    publish(story.session, reviewer, listing, version)
    story.counts[f"published {listing.kind}s"] += 1
    if story.random.random() < WITHDRAWN_LATER:
        story.later(story.random.randint(30, 120), f"{listing.kind}s", partial(_withdraw, owner, listing_id))


def _improve(owner: Person, listing_id: int, story: Story) -> None:
    listing = story.session.get_one(Listing, listing_id)
    revision = _working(listing)
    raw = {"abstract": f"{revision.abstract}已按意见补充了现场条件。"}
    save_draft(story.session, story.actor(owner), listing, raw, revision.version)
    _hand_in(owner, listing_id, story)


def _withdraw(owner: Person, listing_id: int, story: Story) -> None:
    listing = story.session.get_one(Listing, listing_id)
    if listing.is_live:
        close(story.session, story.actor(owner), listing, Ending(WITHDRAWN, "计划有变"))
        story.counts[f"withdrawn {listing.kind}s"] += 1


def _reviewers(story: Story) -> Sequence[Person]:
    return [*story.cast.bureau, *story.cast.brokers]
