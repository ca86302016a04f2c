"""What tuned model and pair reader add to the additive ranker: proportions found by leaving out every pair and every
need once, and one scale for all, fitted where none of them has learned: on held-out pairs and needs."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.evaluate import Texts
from matchmaker.search.features import READING, tuned_cosines
from matchmaker.search.history import read_shifts
from matchmaker.search.metrics import Qrels
from matchmaker.search.ordinal import Array, fit_scale
from matchmaker.search.ranker import Ranker
from matchmaker.search.training.additive import LEAST_SPREAD, scaled
from matchmaker.search.training.networks import SEATS

# Held-out pairs of one kind of needs, known or not, without which they are fitted with the others.
FEWEST = 20
GENTLE = sum(seat.is_gentle for seat in SEATS)
# Found on the public contest's pairs, every need and pair predicted by networks that had not seen it: what each column
# weighs in its own spread, for needs never seen and for needs learned from. The former gain from gently tuned meaning
# alone; a few hundred held-out pairs would tell proportions worse than these do.
ADDITIVE = (0.7, 0.25)
GENTLY, BY_HEART = (0.3, 0.55), (0.0, 0.5)
READ = (0.0, 0.7)
# The gentle members read texts: beside them the words of titles tell twice as much as without them.
TITLES, TITLES_FACTOR = ("words_titles", "characters_titles"), 2.0
# What a known need's own shifts count beside the others, which know it as well.
SHIFT = 0.5
NO_SHIFTS = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out pairs: the additive score but for the need's shift, the cosine in each member of the tuned model and the
    reader's number, shape (n, members + 2); the need's shifts, shape (n, 3); whether the need was learned from, and the
    grades, shape (n,)."""

    rows: Array
    shifts: Array
    known: NDArray[np.bool_]
    grades: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """The blend for one kind of needs: what each column weighs, what the need's shifts do, and the thresholds."""

    weights: Array
    shift: float
    thresholds: Array


@dataclass(frozen=True, slots=True)
class Blend:
    """The parts for needs never seen and for needs learned from, the columns' centres, and the line that estimates a
    reading from the sum of all other terms."""

    unseen: Part
    seen: Part
    centres: Array
    slope: float
    intercept: float


def proportions(members: int = len(SEATS)) -> Array:
    """Return what the columns weigh in their spreads, shape (2, members + 2): needs never seen, needs learned from."""
    heart = members - GENTLE
    return np.array(
        [
            [whole, *[gently / GENTLE] * GENTLE, *[by_heart / max(heart, 1)] * heart, read]
            for whole, gently, by_heart, read in zip(ADDITIVE, GENTLY, BY_HEART, READ, strict=True)
        ]
    )


def beside_members(weights: str) -> str:
    """Return weights of the additive ranker as they count beside a tuned model."""
    data = json.loads(weights)
    told = {name: scaled(row, TITLES_FACTOR) for name, row in data["similarities"].items() if name in TITLES}
    return json.dumps({**data, "similarities": {**data["similarities"], **told}}, ensure_ascii=False)


def probe_weights(weights: str) -> str:
    """Return weights beside a tuned model, with a reading that only shows its value: it adds nothing."""
    nothing = {"weight": 0.0, "known": 0.0, "centre": 0.0, "slope": 0.0, "intercept": 0.0}
    return json.dumps({**json.loads(beside_members(weights)), "reading": nothing})


def held_pairs(trial: Ranker, texts: Texts, seen: Qrels, unseen: Qrels) -> Held:
    """Return held-out pairs as `trial` scores them; it has `probe_weights` fitted without them, `texts` have tuned
    vectors and readings."""
    rows, shifts, known, grades = [], [], [], []
    for is_known, qrels in ((True, seen), (False, unseen)):
        for query, row in qrels.items():
            need, others = texts.needs[query], [texts.documents[name] for name in row]
            cosines = np.nan_to_num(tuned_cosines(need, others, len(SEATS)))
            own_shifts = trial.shifts_of(need.document) or NO_SHIFTS
            for score, each in zip(trial.score(need, others, texts.read(query, row)), cosines, strict=True):
                reading = dict(zip(score.names, score.values, strict=True))[READING] or 0.0
                rows.append((score.score - own_shifts[1], *each.tolist(), reading))
            shifts += [own_shifts] * len(row)
            known += [is_known] * len(row)
            grades += list(row.values())
    table = np.array(rows, dtype=np.float64).reshape(-1, len(SEATS) + 2)
    return Held(table, np.array(shifts).reshape(-1, 3), np.array(known, dtype=np.bool_), np.array(grades, np.int64))


def fit_blend(held: Held, wanted: Array | None = None) -> Blend:
    """Fit the scale and thresholds of `wanted` proportions, and after them how a reading is estimated."""
    wanted = proportions() if wanted is None else wanted
    centres = held.rows.mean(axis=0)
    centres[0] = 0.0
    columns = held.rows - centres
    unseen, seen = (
        _fit(columns, held, rows, part, shift)
        for rows, part, shift in zip((~held.known, held.known), wanted, (0.0, SHIFT), strict=True)
    )
    own = np.where(held.known[:, None], seen.weights, unseen.weights)
    moved = np.where(held.known, seen.shift, unseen.shift) * held.shifts[:, 1]
    second = np.where(held.known, seen.thresholds[1], unseen.thresholds[1])
    others = (columns * own)[:, :-1].sum(axis=1) + moved - second
    slope = max(0.0, float(np.cov(others, columns[:, -1])[0, 1] / max(others.var(), LEAST_SPREAD)))
    return Blend(unseen, seen, centres, slope, -slope * float(others.mean()))


def _fit(columns: Array, held: Held, rows: NDArray[np.bool_], wanted: Array, shift: float) -> Part:
    """Fit one kind of needs; where hardly a pair of it is held out, as if all were of it."""
    chosen = rows if rows.sum() >= FEWEST else np.ones_like(rows)
    each = wanted / columns[chosen].std(axis=0).clip(LEAST_SPREAD)
    fit = fit_scale(columns[chosen] @ each, shift * held.shifts[chosen], held.grades[chosen])
    return Part(each * fit.weights[0], shift * float(fit.weights[0]), fit.thresholds)


def blended(weights: str, blend: Blend) -> str:
    """Return a weights file's text with all terms in the proportions of `blend`."""
    data: dict[str, Any] = json.loads(beside_members(weights))
    unseen, seen = blend.unseen, blend.seen
    scale, known_scale = float(unseen.weights[0]), float(seen.weights[0])
    for row in data["similarities"].values():
        for part in (row, row.get("across", {})):
            part |= {"weight": round(part["weight"] * scale, 4)} if part else {}
    base, known_base = (float(part.weights[0] * data["base"] - part.thresholds[1]) for part in (unseen, seen))
    terms = [_term(*row) for row in zip(unseen.weights, seen.weights, blend.centres, strict=True)]
    data |= {
        "base": round(base, 4),
        "thresholds": _thresholds(unseen),
        "facets": {name: round(weight * scale, 4) for name, weight in data["facets"].items()},
        "known_factor": round(known_scale / max(scale, LEAST_SPREAD), 4),
        "known_thresholds": _thresholds(seen),
        # The other base of known needs lies in their shifts.
        "history": {
            key: [round(shift * seen.shift + known_base - base, 3) for shift in read_shifts(row)]
            for key, row in data["history"].items()
        },
        "tuned": terms[1:-1],
        "reading": {**terms[-1], "slope": round(blend.slope, 4), "intercept": round(blend.intercept, 4)},
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _thresholds(part: Part) -> dict[str, float]:
    return {str(grade): round(float(part.thresholds[grade - 1] - part.thresholds[1]), 4) for grade in (1, 2, 3)}


def _term(unseen: float, seen: float, centre: float) -> dict[str, float]:
    return {"weight": round(float(unseen), 4), "known": round(float(seen), 4), "centre": round(float(centre), 4)}
