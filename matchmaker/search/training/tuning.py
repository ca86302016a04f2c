"""Tuning the embedding model on graded pairs: the cosine of a pair learns how high professionals grade it.

The loss is ordinal: three logits that rise with the cosine stand for grades 1, 2 and 3 or better.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.evaluate import Progress, Texts
from matchmaker.search.metrics import Qrels
from matchmaker.search.training.rounds import Schedule, device, mark_of, train_in_rounds
from matchmaker.search.tuned import Reads, Tokens, load_network, pooled

if TYPE_CHECKING:
    import torch

GRADES = 3
GENTLE_EPOCHS, GENTLE_RATE = 0.75, 0.36


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """How to tune. A step takes `needs` needs with up to `documents` judged documents each. `start` and `slope` are
    where the logits begin: cosines of the plain model bunch at `start`."""

    epochs: int = 4
    rate: float = 1.4e-4
    needs: int = 4
    documents: int = 24
    seed: int = 0
    start: float = 0.85
    slope: float = 50.0

    def gentle(self) -> "TuningPlan":
        """Return the plan that moves the model less: what it learns of needs holds for needs that it never saw, where
        the whole plan learns more of those that it saw. Measured by leaving out each need once."""
        return replace(self, epochs=math.ceil(self.epochs * GENTLE_EPOCHS), rate=self.rate * GENTLE_RATE)


@dataclass(frozen=True, slots=True)
class Examples:
    """Token ids of needs and documents, special ones included, and rows (need, document, grade), shape (n, 3)."""

    needs: Sequence[Sequence[int]]
    documents: Sequence[Sequence[int]]
    pairs: NDArray[np.int64]


def examples_of(qrels: Qrels, texts: Texts, base: Path, reads: Reads) -> Examples:
    """Return graded pairs as a member that starts from the model in `base` reads them."""
    needs, documents = list(qrels), list({document: None for row in qrels.values() for document in row})
    at_need, at_document = ({name: place for place, name in enumerate(names)} for names in (needs, documents))
    rows = [(at_need[n], at_document[d], grade) for n, row in qrels.items() for d, grade in row.items()]
    tokens = Tokens(base)
    return Examples(
        tokens.of([texts.needs[name].document for name in needs], reads),
        tokens.of([texts.documents[name].document for name in documents], reads),
        np.array(rows, dtype=np.int64),
    )


def tune(
    base: Path, examples: Examples, plan: TuningPlan, checkpoint: Path, say: Progress, name: str = "tuning the model"
) -> Any:
    """Tune the model of a sentence-transformers directory and return it; takes up what a former call, cut short, left
    in `checkpoint`."""
    mark = mark_of(asdict(plan), list(examples.needs), list(examples.documents), examples.pairs.tolist())
    schedule, course = Schedule(plan.epochs, plan.rate, mark), _Course(examples, plan)
    network = train_in_rounds(lambda: _judge(load_network(base), plan), course, schedule, checkpoint, name, say)
    return network.model


@dataclass(frozen=True, slots=True)
class _Course:
    examples: Examples
    plan: TuningPlan

    def loss(self, network: Any, batch: NDArray[np.int64]) -> "torch.Tensor":
        import torch

        needs, at_need = np.unique(batch[:, 0], return_inverse=True)
        documents, at_document = np.unique(batch[:, 1], return_inverse=True)
        one, other = (
            pooled(network.model, [texts[place] for place in places])
            for texts, places in ((self.examples.needs, needs), (self.examples.documents, documents))
        )
        logits = network(one[torch.tensor(at_need)], other[torch.tensor(at_document)])
        reached = torch.tensor(batch[:, 2:3] > np.arange(GRADES), dtype=torch.float32, device=device())
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, reached)

    def batches(self, epoch: int) -> list[NDArray[np.int64]]:
        """The round's steps: needs are mixed anew each round, and so are the documents of each."""
        mixer = random.Random(f"{self.plan.seed} {epoch}")  # noqa: S311 - not for secrets
        groups: list[NDArray[np.int64]] = []
        for need in np.unique(self.examples.pairs[:, 0]):
            rows = self.examples.pairs[self.examples.pairs[:, 0] == need]
            rows = rows[mixer.sample(range(len(rows)), len(rows))]
            parts = max(1, math.ceil(len(rows) / self.plan.documents))
            groups.extend(np.array_split(rows, parts))
        mixer.shuffle(groups)
        width = self.plan.needs
        return [np.concatenate(groups[start : start + width]) for start in range(0, len(groups), width)]


def _judge(model: Any, plan: TuningPlan) -> Any:
    """Return the network: the model, and what turns a cosine into three logits that rise with it."""
    import torch

    class Judge(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.slope = torch.nn.Parameter(torch.tensor(math.log(plan.slope)))
            self.edges = torch.nn.Parameter(torch.tensor([1.0, -0.5, -2.0]))

        def forward(self, needs: "torch.Tensor", documents: "torch.Tensor") -> "torch.Tensor":
            cosines = torch.nn.functional.cosine_similarity(needs, documents)
            return self.slope.exp() * (cosines - plan.start).unsqueeze(1) + self.edges

    return Judge()
