"""Training the pair reader: a cross-encoder learns the grades of pairs from their titles, read together.

The loss is ordinal: one number, and the log-odds with which grades 1, 2 and 3 are reached at all. It learns grades
whole and not only what the additive ranker leaves open: measured on held-out pairs, a reader of such remainders adds
nothing to the tuned model.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.evaluate import Progress, Texts
from matchmaker.search.metrics import Qrels
from matchmaker.search.pair_reader import PairTokens, joined, reading_network
from matchmaker.search.training.rounds import Schedule, device, mark_of, train_in_rounds
from matchmaker.search.tuned import load_network

if TYPE_CHECKING:
    import torch

GRADES = 3
RAREST = 0.01
# Steps whose pairs are put in order of length together: batches of like length waste no padding.
WINDOW = 16


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How to train the reader. A round takes each pair once, in the order that it did not take the time before."""

    epochs: int = 6
    rate: float = 8e-5
    pairs: int = 32
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Readings:
    """Pairs of token ids, special ones included, and their grades, shape (n,)."""

    pairs: Sequence[tuple[Sequence[int], Sequence[int]]]
    grades: NDArray[np.int64]

    @property
    def odds(self) -> NDArray[np.float64]:
        """The log-odds of grades 1, 2 and 3 or better among all pairs, shape (3,)."""
        shares = np.array([(self.grades > grade).mean() for grade in range(GRADES)]).clip(RAREST, 1 - RAREST)
        found: NDArray[np.float64] = np.log(shares / (1 - shares))
        return found


def readings_of(qrels: Qrels, texts: Texts, base: Path) -> Readings:
    """Return graded pairs as the reader reads them."""
    pairs = [
        (texts.needs[query].document, texts.documents[name].document) for query, row in qrels.items() for name in row
    ]
    grades = [grade for row in qrels.values() for grade in row.values()]
    return Readings(PairTokens(base).of(pairs), np.array(grades, dtype=np.int64))


def train_reader(
    base: Path,
    readings: Readings,
    plan: ReadingPlan,
    checkpoint: Path,
    say: Progress,
    name: str = "training the reader",
) -> Any:
    """Train a reader from the model of a sentence-transformers directory and return its network; takes up what a
    former call, cut short, left in `checkpoint`."""
    mark = mark_of(asdict(plan), list(readings.pairs), readings.grades.tolist())
    schedule, course = Schedule(plan.epochs, plan.rate, mark), _Course(readings, plan)
    return train_in_rounds(lambda: reading_network(load_network(base)), course, schedule, checkpoint, name, say)


@dataclass(frozen=True, slots=True)
class _Course:
    readings: Readings
    plan: ReadingPlan

    def loss(self, network: Any, batch: Sequence[tuple[int, bool]]) -> "torch.Tensor":
        import torch

        places = [place for place, _turned in batch]
        rows = [self._row(place, turned) for place, turned in batch]
        odds = torch.tensor(self.readings.odds, dtype=torch.float32, device=device())
        reached = self.readings.grades[places][:, None] > np.arange(GRADES)
        wanted = torch.tensor(reached, dtype=torch.float32, device=device())
        return torch.nn.functional.binary_cross_entropy_with_logits(network(rows).unsqueeze(1) + odds, wanted)

    def _row(self, place: int, turned: bool) -> list[int]:
        one, other = self.readings.pairs[place]
        return joined(other, one) if turned else joined(one, other)

    def batches(self, epoch: int) -> list[list[tuple[int, bool]]]:
        """The round's steps: (place of a pair, whether the achievement is read first)."""
        mixer = random.Random(f"{self.plan.seed} {epoch}")  # noqa: S311 - not for secrets
        count, width = len(self.readings.pairs), self.plan.pairs
        order = mixer.sample(range(count), count)
        found: list[list[tuple[int, bool]]] = []
        for start in range(0, count, WINDOW * width):
            window = sorted(order[start : start + WINDOW * width], key=self._length)
            found += [
                [(place, (place + epoch) % 2 == 1) for place in window[at : at + width]]
                for at in range(0, len(window), width)
            ]
        mixer.shuffle(found)
        return found

    def _length(self, place: int) -> int:
        return sum(map(len, self.readings.pairs[place]))
