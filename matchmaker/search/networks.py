"""Trained networks in memory: each loaded when it is first asked for."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matchmaker.search.pair_reader import PairReader
from matchmaker.search.trained import TrainedModel
from matchmaker.search.tuned import TunedEncoder
from matchmaker.search.weights import RankerError

TOKENIZER = "tokenizer.json"


@dataclass(slots=True)
class LoadedNetworks:
    """The networks of a model directory, trained from the model in `base`."""

    base: Path
    model: TrainedModel
    _tuned: TunedEncoder | None = field(default=None, init=False)
    _reader: PairReader | None = field(default=None, init=False)

    @property
    def tuned(self) -> TunedEncoder | None:
        """The tuned model; None where this one has none.

        Raises:
            RankerError: its file or the base model cannot be read.
        """
        if self._tuned is None and self.model.tuned is not None:
            self._tuned = self._loaded(TunedEncoder, self.model.tuned)
        return self._tuned

    @property
    def reader(self) -> PairReader | None:
        """The pair reader; None where this one has none.

        Raises:
            RankerError: its file or the base model cannot be read.
        """
        if self._reader is None and self.model.reader is not None:
            self._reader = self._loaded(PairReader, self.model.reader)
        return self._reader

    def _loaded(self, kind: Any, path: Path) -> Any:
        # Whatever a library says of a damaged file, it is one thing here: this network cannot be used.
        try:
            return kind.load(self.base, path)
        except Exception as error:
            raise RankerError(f"{path}: {error}") from error


def has_base(base: Path) -> bool:
    """Whether the model that networks are trained from is there."""
    return (base / TOKENIZER).is_file()
