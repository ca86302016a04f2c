"""What the timetable floor has to say, as a sentence that can be put into a reader's language."""

from matchmaker.domain.language import Sentence, listed
from matchmaker.timetable.wording import Saying, Value, Word


def sentence_of(saying: Saying) -> Sentence:
    """Return the same text as a sentence, with what stands in its places."""
    return Sentence(saying.template, **{name: _value(value) for name, value in saying.values.items()})


def _value(value: Value) -> str | int:
    if isinstance(value, tuple):
        return listed(_word(each) for each in value)
    return value if isinstance(value, int) else _word(value)


def _word(word: Word) -> str:
    return sentence_of(word) if isinstance(word, Saying) else word
