"""The order of a programme: by hand, or by a rule; each is on record, a draw with its seed."""

import secrets
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_see_all_matches
from matchmaker.domain.pitches import Pitch
from matchmaker.domain.programme import RULES, Candidate, drawn
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.domain.roadshows import OrderRule
from matchmaker.services.events.loading import require_runner
from matchmaker.services.match_queries import live_ids, visible
from matchmaker.services.reading.text import folded
from matchmaker.services.roadshows.loading import kept_roadshow, pitches_of, require_worked_on

SEED_MOST = 2**31 - 1
RULE_NAMES = {
    OrderRule.FIELD: N_("按领域集中"),
    OrderRule.TRL: N_("按技术就绪度，成熟的在前"),
    OrderRule.DEMAND: N_("按到场单位的预期需求"),
    OrderRule.DRAW: N_("抽签"),
    OrderRule.ALTERNATE: N_("各单位交替"),
    OrderRule.BY_HAND: N_("手工排列"),
}


def reorder(session: Session, actor: Actor, event: Event, order: Sequence[int]) -> None:
    """Put the programme into the order of these ids, which must be all of its pitches.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over, or a pitch has come or gone since the order was made.
    """
    _require(actor, event)
    roadshow = kept_roadshow(session, event)
    pitches = {pitch.id: pitch for pitch in pitches_of(session, event)}
    if sorted(order) != sorted(pitches):
        raise Conflict(N_("节目单刚刚有变化，请刷新页面后再排。"))
    _put(session, actor, event, pitches, order, OrderRule.BY_HAND)
    roadshow.order_rule, roadshow.seed, roadshow.ordered_at = OrderRule.BY_HAND, None, utc_now()
    session.flush()


def shift(session: Session, actor: Actor, event: Event, pitch: Pitch, by: int) -> None:
    """Move a pitch one place up (-1) or down (1); at either end it stays.

    Raises:
        Forbidden, Conflict: see `reorder`; also where it is not on the programme.
    """
    _require(actor, event)
    order = [each.id for each in pitches_of(session, event)]
    if pitch.id not in order:
        raise Conflict(N_("节目单刚刚有变化，请刷新页面后再排。"))
    place = order.index(pitch.id)
    order.insert(min(max(place + (1 if by > 0 else -1), 0), len(order) - 1), order.pop(place))
    reorder(session, actor, event, order)


def order_by_rule(session: Session, actor: Actor, event: Event, rule: str, seed: str = "") -> int | None:
    """Put the programme into the order of a rule. Return the seed of a draw: the typed one, or one made now.

    Raises:
        Forbidden: the actor does not run the event, or may not see what the rule asks for.
        Conflict: the event is over.
        Invalid: no such rule, or the seed is no whole number (field `seed`).
    """
    _require(actor, event)
    roadshow = kept_roadshow(session, event)
    pitches = pitches_of(session, event)
    found, used = candidates_of(session, actor, event, pitches, with_demand=rule == OrderRule.DEMAND), None
    if rule == OrderRule.DRAW:
        used = _seed(seed)
        order = drawn(found, used)
    elif rule in RULES:
        order = RULES[rule](found)
    else:
        raise Invalid(N_("请选择排序方式。"), {"rule": N_("请从列表中选择。")})
    _put(session, actor, event, {pitch.id: pitch for pitch in pitches}, order, rule, used)
    roadshow.order_rule, roadshow.seed, roadshow.ordered_at = rule, used, utc_now()
    session.flush()
    return used


def candidates_of(
    session: Session, actor: Actor, event: Event, pitches: Sequence[Pitch], *, with_demand: bool = True
) -> list[Candidate]:
    """Return what the rules need to know of these pitches.

    Raises:
        Forbidden: expected demand is asked for by somebody who does not see all matches.
    """
    demand = expected_demand(session, actor, event, pitches) if with_demand else {}
    return [
        Candidate(
            id=pitch.id,
            organization_id=pitch.organization_id,
            field=pitch.listing.current.field if pitch.listing is not None else None,
            trl=getattr(pitch.listing.current, "trl", None) if pitch.listing is not None else None,
            demand=demand.get(pitch.id, 0.0),
        )
        for pitch in pitches
    ]


def expected_demand(session: Session, actor: Actor, event: Event, pitches: Sequence[Pitch]) -> dict[int, float]:
    """Return for each pitch of a listing how many of the organizations that come are expected to want it: the sum over
    them of the probability of their best pair with it.

    Raises:
        Forbidden: the actor does not see all matches.
    """
    if not can_see_all_matches(actor):
        raise Forbidden(N_("只有技术经纪人和科技局可以查看预期需求。"))
    coming = sa.select(Registration.organization_id).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.ACCEPTED
    )
    by_listing = {pitch.listing_id: pitch.id for pitch in pitches if pitch.listing_id is not None}
    found: dict[int, float] = defaultdict(float)
    for mine, theirs in ((Match.achievement_id, Match.need_id), (Match.need_id, Match.achievement_id)):
        rows = session.execute(
            sa.select(mine, Listing.organization_id, sa.func.max(Match.probability))
            .join(Listing, Listing.id == theirs)
            .where(mine.in_(by_listing), Listing.organization_id.in_(coming))
            .where(Match.id.in_(live_ids()), visible(actor))
            .group_by(mine, Listing.organization_id)
        )
        for listing_id, _organization_id, probability in rows:
            found[by_listing[listing_id]] += probability
    return dict(found)


def _put(
    session: Session,
    actor: Actor,
    event: Event,
    pitches: dict[int, Pitch],
    order: Sequence[int],
    rule: str,
    seed: int | None = None,
) -> None:
    for place, pitch_id in enumerate(order, start=1):
        pitches[pitch_id].position = place
    session.flush()
    record(session, actor, "order", "event", event.id, rule=str(rule), seed=seed, order=list(order))


def _require(actor: Actor, event: Event) -> None:
    require_runner(actor, event)
    require_worked_on(event)


def _seed(typed: str) -> int:
    text = folded(typed)
    if not text:
        return secrets.randbelow(SEED_MOST) + 1
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 0 < int(text) <= SEED_MOST):
        raise Invalid(N_("抽签号应是 1 到 2147483647 的整数。"), {"seed": N_("请填写整数。")})
    return int(text)
