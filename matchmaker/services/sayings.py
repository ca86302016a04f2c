"""What the timetable floor has to say, as a sentence that can be put into a reader's language."""

from matchmaker.domain.language import Sentence, listed
from matchmaker.timetable.wording import Saying, Value


def sentence_of(saying: Saying) -> Sentence:
    """Return the same text as a sentence, with what stands in its places."""
    return Sentence(saying.template, **{name: _value(value) for name, value in saying.values.items()})


def _value(value: Value) -> str | int:
    if isinstance(value, Saying):
        return sentence_of(value)
    return listed(value) if isinstance(value, tuple) else value
