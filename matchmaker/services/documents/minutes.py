"""What a file of minutes (纪要) says, as plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MinuteFile:
    """The minutes of one meeting: a title, facts about it, the text, and which revision by whom it is."""

    title: str
    mark: str
    facts: tuple[tuple[str, str], ...]
    text: str
    made: str
