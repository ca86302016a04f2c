"""Training the pair reader: a cross-encoder learns, of graded pairs, what the additive ranker leaves open.

The additive score of a pair stands as an offset in the ordinal loss. So the reader does not learn anew what
similarities and a need's history tell, and what it adds holds for needs that it never saw.
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
from matchmaker.search.ranker import Ranker
from matchmaker.search.training.rounds import Schedule, device, mark_of, train_in_rounds
from matchmaker.search.tuned import load_network

if TYPE_CHECKING:
    import torch

GRADES = 3
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
    """Pairs of token ids, special ones included; the additive score less each threshold, shape (n, 3); grades, (n,)."""

    pairs: Sequence[tuple[Sequence[int], Sequence[int]]]
    offsets: NDArray[np.float64]
    grades: NDArray[np.int64]


def readings_of(qrels: Qrels, texts: Texts, ranker: Ranker, base: Path) -> Readings:
    """Return graded pairs as the reader reads them; `ranker` is the additive one, fitted to the same pairs."""
    pairs, offsets, grades = [], [], []
    for query, row in qrels.items():
        need, documents = texts.needs[query], [texts.documents[name] for name in row]
        pairs += [(need.document, document.document) for document in documents]
        offsets += [score.score - np.array(ranker.thresholds) for score in ranker.score(need, documents)]
        grades += list(row.values())
    return Readings(PairTokens(base).of(pairs), np.array(offsets), np.array(grades, dtype=np.int64))


def train_reader(base: Path, readings: Readings, plan: ReadingPlan, checkpoint: Path, say: Progress) -> Any:
    """Train a reader from the model of a sentence-transformers directory and return its network; takes up what a
    former call, cut short, left in `checkpoint`."""
    mark = mark_of(asdict(plan), list(readings.pairs), readings.offsets.round(4).tolist(), readings.grades.tolist())
    schedule, course = Schedule(plan.epochs, plan.rate, mark), _Course(readings, plan)
    return train_in_rounds(
        lambda: reading_network(load_network(base)), course, schedule, checkpoint, "training the reader", say
    )


@dataclass(frozen=True, slots=True)
class _Course:
    readings: Readings
    plan: ReadingPlan

    def loss(self, network: Any, batch: Sequence[tuple[int, bool]]) -> "torch.Tensor":
        import torch

        places = [place for place, _turned in batch]
        rows = [self._row(place, turned) for place, turned in batch]
        offsets = torch.tensor(self.readings.offsets[places], dtype=torch.float32, device=device())
        reached = self.readings.grades[places][:, None] > np.arange(GRADES)
        wanted = torch.tensor(reached, dtype=torch.float32, device=device())
        return torch.nn.functional.binary_cross_entropy_with_logits(network(rows).unsqueeze(1) + offsets, wanted)

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
