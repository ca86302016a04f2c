"""Errors of the trade. Each carries one sentence for the person who caused it; web/errors.py maps them to HTTP."""


class DomainError(Exception):
    """Base of all; `sentence` is Chinese source text for the person, `values` fill its `%(name)s` places."""

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(sentence % values if values else sentence)


class NotFound(DomainError):
    """The subject does not exist, or the actor may not know that it does (HTTP 404)."""


class Forbidden(DomainError):
    """The actor may see the subject but not do this to it (HTTP 403)."""


class Conflict(DomainError):
    """The subject changed meanwhile, or is in a state that does not allow this (HTTP 409)."""


class Invalid(DomainError):
    """The input is wrong (HTTP 422). `errors` maps a field's name to a sentence about it."""

    def __init__(self, sentence: str, errors: dict[str, str] | None = None, **values: object) -> None:
        self.errors = errors or {}
        super().__init__(sentence, **values)
