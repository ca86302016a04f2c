"""Follow-ups: who asks what became of a pitch or an appointment."""

from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.events import can_plan_events


def can_see_follow_ups(actor: Actor) -> bool:
    """Whoever plans events follows up what came of them."""
    return can_plan_events(actor)
