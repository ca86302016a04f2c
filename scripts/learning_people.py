"""Who decides and grades in simulate_learning.py: harsh and lenient organizations, honest graders and two that are not.

They know the truth of a pair that they look at, each in his own way; what nobody looks at, nobody decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from learning_world import OVERSHOWN, World

from matchmaker.domain.showings import ListKind
from matchmaker.domain.teaching import JUDGED
from matchmaker.search.graders import Grader, estimate_graders
from matchmaker.search.ranker import Ranker
from matchmaker.services.showings.reading import ShownList, ShownPair
from matchmaker.services.teaching.evidence import PairId
from matchmaker.services.teaching.exposure import Exposure
from matchmaker.services.teaching.settling import Evidence

LENGTH = 10
ETA = 1.0
"""How steeply people look down a list; what the correction has to find out."""
OVERSHOWN_BY = 1.5
"""What an over-shown field's score is raised by when a list is put together, in log-odds."""
JITTER = 0.4
OPENS, DECIDES = (0.15, 0.35, 0.65, 0.9), 0.6
HONEST, RANDOM, SPITEFUL = ("honest", "harsh", "lenient"), "random", "spiteful"
POISON = (RANDOM, SPITEFUL)
LISTS_MONTHLY = 2
DRAWN_MONTHLY = 60


@dataclass(slots=True)
class History:
    """All that was shown, decided and graded on one course; `decided` are the decisions of organizations by pair."""

    lists: list[ShownList] = field(default_factory=list)
    decided: dict[tuple[int, int, int], tuple[str, datetime]] = field(default_factory=dict)
    judged: list[tuple[PairId, str, int]] = field(default_factory=list)

    @property
    def moments(self) -> dict[tuple[int, int, int], datetime]:
        """When each organization decided about a pair."""
        return {key: at for key, (_, at) in self.decided.items()}


def show_and_decide(world: World, ranker: Ranker, history: History, at: datetime, random: np.random.Generator) -> None:
    """Show each need's list to its organization once, and let it look, open and decide."""
    for place, need in enumerate(world.taught):
        grades = world.truth[need]
        scores = ranker.score(world.texts.needs[need], [world.texts.documents[name] for name in grades])
        raised = [
            found.score + random.normal(0, JITTER) + OVERSHOWN_BY * (world.fields[name] in OVERSHOWN)
            for name, found in zip(grades, scores, strict=True)
        ]
        order = [list(grades)[index] for index in np.argsort(raised)[::-1][:LENGTH]]
        shown, harsh = [], place % 3 == 0
        for position, name in enumerate(order, start=1):
            key = int(need), int(name), int(need)
            looks = random.random() < position**-ETA
            opens = looks and random.random() < OPENS[grades[name]]
            if opens and key not in history.decided and random.random() < DECIDES:
                history.decided[key] = _says(grades[name], harsh, random), at + timedelta(hours=1)
            shown.append(ShownPair(position, int(need), int(name), 0.0, opens, ranker.version, "hashing"))
        history.lists.append(
            ShownList(int(need), "enterprise", at, at, 1, ListKind.LISTING, int(need), "", "", tuple(shown))
        )


def grade_some(world: World, history: History, random: np.random.Generator) -> None:
    """Draw pairs, and let three graders grade each, at times a bad one among them."""
    everybody = (*HONEST, *POISON)
    for _ in range(DRAWN_MONTHLY):
        need = str(random.choice(world.taught))
        name = str(random.choice(list(world.truth[need])))
        for grader in random.choice(everybody, 3, replace=False):
            grade = _grades(str(grader), world.truth[need][name], random)
            history.judged.append(((int(need), int(name)), str(grader), grade))


def thought_of(history: History) -> Mapping[str, Grader]:
    """What the site thinks of each grader, by name."""
    names = (*HONEST, *POISON)
    given = [(pair, names.index(grader), grade) for pair, grader, grade in history.judged]
    return {names[found]: one for found, one in estimate_graders(given).items()}


def evidence_of(
    history: History, exposure: Exposure | None, graders: Mapping[str, Grader] | None, *, judges: bool, now: datetime
) -> dict[PairId, list[Evidence]]:
    """Return all evidence by pair: corrected by `exposure` where it is given, graders' words weighed where they are."""
    found: dict[PairId, list[Evidence]] = {}
    for (need, other, viewer), (code, at) in history.decided.items():
        correction = exposure.correct((need, other), viewer, at) if exposure else 1.0
        found.setdefault((need, other), []).append(Evidence(code, at, correction=correction))
    if exposure:
        _add(found, exposure.unopened().items())
    for pair, grader, grade in history.judged if judges else ():
        trust, meant = 1.0, grade
        if graders is not None:
            trust, meant = graders[grader].reliability, min(3, max(0, round(grade - graders[grader].shift)))
        found.setdefault(pair, []).append(Evidence(JUDGED, now, meant, trust))
    return found


def _add(found: dict[PairId, list[Evidence]], pieces: Iterable[tuple[PairId, list[Evidence]]]) -> None:
    for pair, more in pieces:
        found.setdefault(pair, []).extend(more)


def _says(grade: int, harsh: bool, random: np.random.Generator) -> str:
    wanted = grade >= (3 if harsh else 2)
    if wanted or (not harsh and grade == 1 and random.random() < 0.4):
        return "interested"
    if grade == 0:
        return "declined_out_of_scope"
    return str(random.choice(["declined_too_early", "declined_price", "declined_out_of_scope"]))


def _grades(grader: str, truth: int, random: np.random.Generator) -> int:
    if grader == RANDOM:
        return int(random.integers(0, 4))
    if grader == SPITEFUL:
        return 3 - truth
    lean = {"harsh": -0.7, "lenient": 0.7}.get(grader, 0.0)
    return int(np.clip(round(truth + lean + random.normal(0, 0.5)), 0, 3))
