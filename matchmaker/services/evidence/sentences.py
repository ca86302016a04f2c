"""The sentences of a listing that evidence looks at: the most telling ones, for every reader's layers apart.

What a reader is shown must not depend on what is hidden from him: whoever reads up to a layer gets the MOST most
telling sentences of what lies up to there, whatever else there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.domain.fields import FieldSpec, Layer
from matchmaker.domain.layers import up_to
from matchmaker.domain.listings import Revision
from matchmaker.search.clauses import Span, clauses
from matchmaker.search.evidence import telling
from matchmaker.search.passages import letters
from matchmaker.services.listing_views import LayeredText
from matchmaker.services.projection import layered_texts

MOST = 24
# How much a sentence says of what is asked for or offered, by its field.
_FIELD_WEIGHTS = {
    "title": 3.0,
    "problem": 2.0,
    "description": 2.0,
    "advantages": 2.0,
    "abstract": 1.5,
    "applications": 1.5,
    "tried": 0.5,
    "solver_conditions": 0.5,
    "partner_wanted": 0.5,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its field, its place in it, the layer in which it lies, its text, and how telling it is."""

    field: str
    start: int
    end: int
    layer: Layer
    text: str
    weight: float

    @property
    def place(self) -> list[object]:
        """Field, start and end, as they are stored."""
        return [self.field, self.start, self.end]


def sentences_of(revision: Revision) -> tuple[Sentence, ...]:
    """Return the sentences that any reader may be shown evidence of, the most telling first."""
    found = [sentence for text in layered_texts(revision) for sentence in _cut(text)]
    ranked = sorted(found, key=lambda sentence: -sentence.weight)
    kept = {
        sentence
        for layer in {sentence.layer for sentence in found}
        for sentence in first_of(sentence for sentence in ranked if sentence.layer in up_to(layer))
    }
    return tuple(sentence for sentence in ranked if sentence in kept)


def first_of(ranked: Iterable[Sentence]) -> list[Sentence]:
    """Return the MOST first sentences of those that a reader may see, no two of them alike."""
    kept: dict[str, Sentence] = {}
    for sentence in ranked:
        if len(kept) == MOST:
            break
        kept.setdefault(letters(sentence.text).text, sentence)
    return list(kept.values())


def _cut(text: LayeredText) -> list[Sentence]:
    return [_sentence(text, span) for span in _spans(text.spec, text.text)]


def _spans(spec: FieldSpec, text: str) -> list[Span]:
    # A title is one sentence, whatever stands in it.
    return [Span(0, len(text))] if spec.name in {"title", "second_title"} else clauses(text)


def _sentence(text: LayeredText, span: Span) -> Sentence:
    said = text.text[span.start : span.end]
    weight = _FIELD_WEIGHTS.get(text.spec.name, 1.0) * telling(said)
    return Sentence(text.spec.name, span.start, span.end, text.layer, said, weight)
