"""A listing as one viewer sees it: what the projection (see projection.py) makes, and pages, mails and reports show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.fields import FieldSpec, FieldType, Layer


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field that the viewer may read: its spec and its typed value."""

    spec: FieldSpec
    value: Any


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One technical indicator as shown: name, comparator code, value (or lower end), upper end, unit."""

    name: str
    comparator: str
    value: str
    upper: str | None
    unit: str | None

    @property
    def text(self) -> str:
        """The indicator in one phrase, as it is embedded and searched, e.g. 能耗 ≤ 45 kWh/t."""
        unit = f" {self.unit}" if self.unit else ""
        if self.comparator == "between":
            return f"{self.name} {self.value}–{self.upper or ''}{unit}"
        sign = "" if self.comparator == "text" else f"{codes.table('comparators').name(self.comparator)} "
        return f"{self.name} {sign}{self.value}{unit}"


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Title and abstract in one language."""

    language: str
    title: str
    abstract: str


@dataclass(frozen=True, slots=True)
class ListingView:
    """A listing as one viewer sees it.

    `organization_id` is None and `organization_name` a neutral word where the poster is hidden; so is `sub_unit`, which
    would give the organization away. `hidden` are the labels
    of filled fields that this viewer does not see. `text` is all that he may read, for snippets and highlights.
    `layer` is the strictest layer of which something is shown here.
    """

    id: int
    kind: str
    state: str
    visibility: str
    revision: int
    title: str
    abstract: str
    organization_id: int | None
    organization_name: str
    organization_verified: bool
    sub_unit: str | None
    field: str | None
    industry: str | None
    region: str | None
    keywords: tuple[str, ...]
    cooperation: tuple[str, ...]
    language: str
    published_at: datetime | None
    fields: tuple[FieldView, ...]
    indicators: tuple[IndicatorView, ...]
    hidden: tuple[str, ...]
    text: str
    layer: Layer

    def spoken(self, language: str) -> tuple["SpokenText", ...]:
        """Title and abstract in each language that they were written in, `language` first where it is among them."""
        texts = [SpokenText(self.language, self.title, self.abstract)]
        if title := self.value("second_title"):
            texts.append(SpokenText(self.value("second_language") or "", title, self.value("second_abstract") or ""))
        return tuple(sorted(texts, key=lambda text: text.language != language))

    def value(self, name: str) -> Any:
        """The value of one field, or None where it is empty or hidden."""
        return next((view.value for view in self.fields if view.spec.name == name), None)

    def prose(self, name: str) -> str:
        """The title or a long text by the name of its field, empty where it is hidden."""
        return next((view.value for view in self.fields if view.spec.name == name and is_prose(view.spec)), "")


@dataclass(frozen=True, slots=True)
class LayeredText:
    """The title or a long text of a revision: its field, and the layer in which that lies."""

    spec: FieldSpec
    layer: Layer
    text: str


def is_prose(spec: FieldSpec) -> bool:
    """Whether a field holds sentences that are matched: the title, or a long text."""
    return spec.name == "title" or (spec.is_text and spec.type in {FieldType.LINE, FieldType.PROSE})
