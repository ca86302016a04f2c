"""The networks of a training: which are learned, and what they say of pairs that they did not learn from."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from matchmaker.search.evaluate import Progress, Texts, with_readings, with_tuned
from matchmaker.search.metrics import Qrels
from matchmaker.search.pair_reader import PairReader, save_reader
from matchmaker.search.trained import READER, TUNED
from matchmaker.search.training.reading import ReadingPlan, readings_of, train_reader
from matchmaker.search.training.tuning import TuningPlan, examples_of, tune
from matchmaker.search.tuned import Member, Reads, TunedEncoder, save_members


@dataclass(frozen=True, slots=True)
class Seat:
    """How a member of the tuned model learns: what it reads, whether gently (see TuningPlan), and which turn it takes:
    members that learned in another order err elsewhere, and their mean errs less than any."""

    reads: Reads
    is_gentle: bool
    turn: int = 0


# Two gentle ones for needs never seen, and two that learn the needs they see by heart: whole texts tell a need's grades
# better, titles its order.
SEATS = (
    Seat(Reads.TEXTS, True),
    Seat(Reads.TEXTS, True, 1),
    Seat(Reads.TITLES, False),
    Seat(Reads.TEXTS, False, 2),
)


@dataclass(frozen=True, slots=True)
class Learned:
    """Trained networks, from the model in `base`; none, where only the additive part was fitted."""

    base: Path | None = None
    members: tuple[Member, ...] = ()
    reader: Any = None

    def show(self, texts: Texts, qrels: Qrels, say: Progress) -> Texts:
        """Return the texts of the pairs in `qrels` with tuned vectors and with readings."""
        if self.base is None:
            return texts
        wanted = {document for row in qrels.values() for document in row}
        documents = {name: row for name, row in texts.documents.items() if name in wanted}
        texts = replace(texts, needs={name: texts.needs[name] for name in qrels}, documents=documents)
        texts = with_tuned(texts, TunedEncoder(self.base, self.members), say)
        return with_readings(texts, qrels, PairReader(self.base, self.reader), say)

    def layers(self) -> dict[str, Callable[[Path], None]]:
        """Return what writes each network's file of a model directory, by the file's name."""
        if self.base is None:
            return {}
        return {TUNED: partial(save_members, self.members), READER: partial(save_reader, self.reader)}


@dataclass(frozen=True, slots=True)
class Networks:
    """How to train the networks from the model in `base`, with checkpoints in `folder`."""

    base: Path
    folder: Path
    tuning: TuningPlan
    reading: ReadingPlan
    label: str = ""

    def anew(self) -> "Networks":
        """Return the same plans with checkpoints of their own, for learning once more from all pairs."""
        return replace(self, folder=self.folder / "all-pairs", label=", from all pairs")

    def learn(self, qrels: Qrels, texts: Texts, say: Progress) -> Learned:
        """Tune the embedding model once for each member and train a pair reader."""
        members = tuple(Member(self._tune(qrels, texts, seat, say), seat.reads) for seat in SEATS)
        readings = readings_of(qrels, texts, self.base)
        name = f"training the reader{self.label}"
        reader = train_reader(self.base, readings, self.reading, self.folder / "reader.pt", say, name)
        return Learned(self.base, members, reader)

    def _tune(self, qrels: Qrels, texts: Texts, seat: Seat, say: Progress) -> Any:
        plan = self.tuning.gentle() if seat.is_gentle else self.tuning
        plan = replace(plan, seed=self.tuning.seed + seat.turn)
        name = f"{seat.reads}-{seat.turn + 1}"
        examples = examples_of(qrels, texts, self.base, seat.reads)
        what = f"tuning the model on {name}{self.label}"
        return tune(self.base, examples, plan, self.folder / f"tuned-{name}.pt", say, what)

    def clear(self) -> None:
        """Remove the checkpoints, once what was learned is stored."""
        shutil.rmtree(self.folder, ignore_errors=True)
