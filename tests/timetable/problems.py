"""Problems that the tests of this floor share: one small session that uses everything, and its right timetable."""

from fractions import Fraction

from matchmaker.timetable.problem import (
    Assignment,
    Broker,
    Fixed,
    Interpreter,
    Meeting,
    Party,
    Problem,
    Solution,
)

# Three slots, two tables; alice is away in slot 2, bob has two meetings at most, carol and dave never meet.
SESSION = Problem(
    slots=3,
    tables=2,
    parties=(
        Party("alice", frozenset({2})),
        Party("bob", max_meetings=2),
        Party("carol"),
        Party("dave"),
        Party("erin"),
    ),
    meetings=(
        Meeting("m1", ("alice", "bob"), Fraction(3), must=True),
        Meeting("m2", ("alice", "carol"), Fraction("1.5"), language="ru"),
        Meeting("m3", ("bob", "dave"), Fraction(2), fixed=Fixed(2, 1)),
        Meeting("m4", ("carol", "dave"), Fraction(9)),
        Meeting("m5", ("carol", "erin"), Fraction("0.25"), broker="peter", language="kk"),
        Meeting("m6", ("bob", "erin"), Fraction(1), broker="peter"),
    ),
    interpreters=(Interpreter("olga", frozenset({"ru", "kk"}), frozenset({0})),),
    brokers=(Broker("peter", frozenset({1})),),
    vetoes=frozenset({frozenset({"carol", "dave"})}),
    closed=frozenset({(2, 0), (0, 1)}),
)
# One table is open in slots 0 and 2, two in slot 1: m5 needs peter and olga at once, so slot 2, which m3 has.
RIGHT = Solution(
    assignments=(
        Assignment("m1", 0, 0),
        Assignment("m2", 1, 0, "olga"),
        Assignment("m3", 2, 1),
    ),
    unscheduled=("m4", "m5", "m6"),
    value=Fraction("6.5"),
    bound=Fraction("6.5"),
    gaps=1,
    served=Fraction(0),
    table_changes=1,
    status="optimal",
)
