"""Training a network in rounds, each kept when it is done, so that a kill costs no more than the round it fell into."""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from matchmaker.search.evaluate import Progress
from matchmaker.search.tuned import WORDS

if TYPE_CHECKING:
    import torch

WARM_UP = 0.05
# Of a head's single numbers, and of its matrix.
NUMBER_RATE, MATRIX_RATE = 0.01, 1e-3
Batch = TypeVar("Batch")


class Course(Protocol[Batch]):
    """What is learned: the steps of each round, and how wrong a network is on one of them."""

    def batches(self, epoch: int) -> Sequence[Batch]:
        """Return the steps of a round; as many in every round."""

    def loss(self, network: Any, batch: Batch) -> "torch.Tensor":
        """Return the loss of one step."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: `rate` rises over the first steps and falls to 0; `mark` tells these examples and this
    plan from any others, so that a checkpoint is not taken up by mistake."""

    epochs: int
    rate: float
    mark: str


def mark_of(*parts: object) -> str:
    """Tell one set of examples and plans from any other."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def device() -> str:
    """Return where to train: on an accelerator where there is one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def train_in_rounds(
    make: Callable[[], Any], course: Course[Any], schedule: Schedule, checkpoint: Path, name: str, say: Progress
) -> Any:
    """Train the network that `make` makes and return it; takes up what a former call, cut short, left in `checkpoint`.

    Its layers must lie in `network.model`; parameters outside it are heads and learn faster.
    """
    _draw_from(schedule.mark)
    run = _Run(make().to(device()), course, schedule, checkpoint)
    run.take_up()
    while run.epoch < schedule.epochs:
        what = f"{name}, round {run.epoch + 1} of {schedule.epochs}"
        for done, total in run.steps():
            say(what, done, total)
        run.keep()
    return run.network.eval()


class _Run:
    """One run of training; `epoch` counts the rounds that are done."""

    def __init__(self, network: Any, course: Course[Any], schedule: Schedule, checkpoint: Path) -> None:
        import torch

        self.network, self.course, self.schedule, self.checkpoint = network, course, schedule, checkpoint
        self.epoch = 0
        inner = {id(value) for value in network.model.parameters()}
        layers = [value for value in network.model.parameters() if value.requires_grad]
        heads = [value for value in network.parameters() if id(value) not in inner]
        groups = (
            (layers, schedule.rate),
            ([value for value in heads if value.ndim < 2], NUMBER_RATE),
            ([value for value in heads if value.ndim >= 2], MATRIX_RATE),
        )
        self.optimizer = torch.optim.AdamW(
            [{"params": values, "lr": rate} for values, rate in groups if values], weight_decay=0.01
        )
        self.total = schedule.epochs * len(course.batches(0))
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)

    def steps(self) -> Iterator[tuple[int, int]]:
        """Go through all pairs once; yield (steps done, steps of the round)."""
        import torch

        # Each round draws its dropout from its own number: one taken up does what it would have done.
        _draw_from(mark_of(self.schedule.mark, self.epoch))
        self.network.train()
        batches = self.course.batches(self.epoch)
        for done, batch in enumerate(batches, start=1):
            loss = self.course.loss(self.network, batch)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            self.scheduler.step()
            yield done, len(batches)
        self.epoch += 1

    def _rate(self, step: int) -> float:
        warm = max(1, math.ceil(WARM_UP * self.total))
        return min((step + 1) / warm, max(0.0, (self.total - step) / self.total))

    def keep(self) -> None:
        """Write a checkpoint aside and swap it in, so that a kill at any moment leaves a whole one."""
        import torch

        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        aside = self.checkpoint.with_suffix(".new")
        state = {
            "mark": self.schedule.mark,
            "epoch": self.epoch,
            "network": {name: each for name, each in self.network.state_dict().items() if not name.endswith(WORDS)},
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
        }
        torch.save(state, aside)
        aside.replace(self.checkpoint)

    def take_up(self) -> None:
        """Go on from a checkpoint of the same examples and schedule, if there is one."""
        import torch

        if not self.checkpoint.is_file():
            return
        state = torch.load(self.checkpoint, map_location=device(), weights_only=True)
        if state["mark"] != self.schedule.mark:
            return
        # The word embeddings, four fifths of the model, stay as they were and are not kept.
        self.network.load_state_dict(state["network"], strict=False)
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])
        self.epoch = state["epoch"]


def _draw_from(mark: str) -> None:
    import torch

    torch.manual_seed(int(mark[:15], 16))
