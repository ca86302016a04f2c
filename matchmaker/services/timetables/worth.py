"""What it is worth to hold a meeting, in three tiers of which a higher one is never given up for lower ones.

A match counts its probability in tenths (1 to 10). A wish counts more than all matches that any timetable could hold
together, a must more than all wishes and matches that it could hold together; two people who both wish count twice.
So the greatest total value holds as much as possible of the musts, with that as much as possible of the wishes, and
with that as much as possible of the matches. A timetable holds no more meetings than there are places (slot and table)
and no more than half of what its people may have, which keeps the numbers as small as this allows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

MATCH_STEPS = 10
BOTH = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """What speaks for a meeting: how many of the two must have it or would like it, and the match's probability."""

    musts: int = 0
    likes: int = 0
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Scale:
    """The worth of one like and of one must, where a match is worth up to `MATCH_STEPS`."""

    like: int
    must: int

    def worth(self, claim: Claim) -> Fraction:
        """Return the value of a meeting; one that only the organiser wants is worth the least."""
        steps = round(claim.probability * MATCH_STEPS)
        return Fraction(max(1, claim.musts * self.must + claim.likes * self.like + steps))


def scale_of(claims: Collection[Claim], most_meetings: int) -> Scale:
    """Return the scale for these claims, of which a timetable holds `most_meetings` at most."""
    held = min(len(claims), most_meetings)
    like = held * MATCH_STEPS + 1
    likes = min(BOTH * held, sum(claim.likes for claim in claims))
    return Scale(like=like, must=likes * like + held * MATCH_STEPS + 1)
