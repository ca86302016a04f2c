"""Fine-tuning the embedding model on graded pairs: both texts go through the same weights, and their cosine is judged
by the order of the grades (three cumulative logits, McCullagh 1980)."""

import hashlib
import math
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.evaluate import Progress, Texts
from matchmaker.search.metrics import Qrels
from matchmaker.search.tuned import Tokens, TunedEncoder, pooled

if TYPE_CHECKING:
    import torch

GRADES = 3
WARM_UP = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """How to tune. A step takes `needs` needs with up to `documents` judged documents each. `start` and `slope` are
    where the logits begin: cosines of the plain model bunch at `start`."""

    epochs: int = 4
    rate: float = 1.2e-4
    needs: int = 4
    documents: int = 24
    seed: int = 0
    start: float = 0.85
    slope: float = 50.0


@dataclass(frozen=True, slots=True)
class Examples:
    """Token ids of needs and documents, special ones included, and rows (need, document, grade), shape (n, 3)."""

    needs: Sequence[Sequence[int]]
    documents: Sequence[Sequence[int]]
    pairs: NDArray[np.int64]

    def fingerprint(self, plan: Plan) -> str:
        """Tell these examples and this plan from any others, so that a checkpoint is not taken up by mistake."""
        digest = hashlib.sha256(repr((asdict(plan), list(self.needs), list(self.documents))).encode())
        digest.update(self.pairs.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Tuning:
    """Tuning the model in `base`, with checkpoints in `folder`."""

    base: Path
    folder: Path
    plan: Plan

    def model(self, qrels: Qrels, texts: Texts, name: str, say: Progress) -> Any:
        """Return the network tuned on graded pairs; `name` tells its checkpoint from others."""
        needs, documents = list(qrels), list({document: None for row in qrels.values() for document in row})
        at_need, at_document = ({name: place for place, name in enumerate(names)} for names in (needs, documents))
        rows = [(at_need[n], at_document[d], grade) for n, row in qrels.items() for d, grade in row.items()]
        tokens = Tokens(self.base)
        examples = Examples(
            tokens.of([texts.needs[name].document for name in needs]),
            tokens.of([texts.documents[name].document for name in documents]),
            np.array(rows, dtype=np.int64),
        )
        return tune(self.base, examples, self.plan, self.folder / f"{name}.pt", say)

    def encoder(self, qrels: Qrels, texts: Texts, name: str, say: Progress) -> TunedEncoder:
        """Return the tuned network ready to encode."""
        return TunedEncoder(self.base, self.model(qrels, texts, name, say))

    def clear(self) -> None:
        """Remove the checkpoints, once what was learned is stored."""
        shutil.rmtree(self.folder, ignore_errors=True)


def tune(base: Path, examples: Examples, plan: Plan, checkpoint: Path, say: Progress) -> Any:
    """Tune the model of a sentence-transformers directory and return it; takes up what a former call, cut short, left
    in `checkpoint`.

    The word embeddings stay as they are: so few pairs could not move a quarter of a million of them for the better.
    """
    run = _Run(base, examples, plan, checkpoint)
    run.take_up()
    while run.epoch < plan.epochs:
        name = f"tuning the model, round {run.epoch + 1} of {plan.epochs}"
        for done, total in run.steps():
            say(name, done, total)
        run.keep()
    return run.network.model.eval()


class _Run:
    """One run of tuning; `epoch` counts the rounds that are done."""

    def __init__(self, base: Path, examples: Examples, plan: Plan, checkpoint: Path) -> None:
        import torch
        from transformers import AutoModel

        self.examples, self.plan, self.checkpoint, self.epoch = examples, plan, checkpoint, 0
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(plan.seed)
        model = AutoModel.from_pretrained(str(base), dtype=torch.float32)
        model.get_input_embeddings().weight.requires_grad = False
        self.network = _judge(model, plan).to(self.device)
        trained = [value for value in self.network.parameters() if value.requires_grad]
        heads = [value for value in trained if value.ndim == 0 or value.shape == (GRADES,)]
        layers = [value for value in trained if not any(value is head for head in heads)]
        self.optimizer = torch.optim.AdamW(
            [{"params": layers, "lr": plan.rate, "weight_decay": 0.01}, {"params": heads, "lr": 0.01}]
        )
        self.total = plan.epochs * len(self._batches(0))
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)

    def steps(self) -> Iterator[tuple[int, int]]:
        """Go through all pairs once; yield (steps done, steps of the round)."""
        import torch

        self.network.train()
        batches = self._batches(self.epoch)
        for done, batch in enumerate(batches, start=1):
            loss = self._loss(batch)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            self.scheduler.step()
            yield done, len(batches)
        self.epoch += 1

    def _loss(self, batch: NDArray[np.int64]) -> "torch.Tensor":
        import torch

        needs, at_need = np.unique(batch[:, 0], return_inverse=True)
        documents, at_document = np.unique(batch[:, 1], return_inverse=True)
        one, other = (
            pooled(self.network.model, [texts[place] for place in places])
            for texts, places in ((self.examples.needs, needs), (self.examples.documents, documents))
        )
        logits = self.network(one[torch.tensor(at_need)], other[torch.tensor(at_document)])
        reached = torch.tensor(batch[:, 2:3] > np.arange(GRADES), dtype=torch.float32, device=self.device)
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, reached)

    def _batches(self, epoch: int) -> list[NDArray[np.int64]]:
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

    def _rate(self, step: int) -> float:
        warm = max(1, int(WARM_UP * self.total))
        return min((step + 1) / warm, max(0.0, (self.total - step) / self.total))

    def keep(self) -> None:
        """Write a checkpoint aside and swap it in, so that a kill at any moment leaves a whole one."""
        import torch

        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        aside = self.checkpoint.with_suffix(".new")
        state = {
            "fingerprint": self.examples.fingerprint(self.plan),
            "epoch": self.epoch,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
        }
        torch.save(state, aside)
        aside.replace(self.checkpoint)

    def take_up(self) -> None:
        """Go on from a checkpoint of the same examples and plan, if there is one."""
        import torch

        if not self.checkpoint.is_file():
            return
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        if state["fingerprint"] != self.examples.fingerprint(self.plan):
            return
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])
        self.epoch = state["epoch"]


def _judge(model: Any, plan: Plan) -> Any:
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
