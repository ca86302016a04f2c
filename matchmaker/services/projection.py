"""What a viewer sees of a listing: the one place that decides it.

Pages, snippets, highlights, search and match reasons are made from these texts only, so nothing hidden can be guessed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.embeddings import Scope
from matchmaker.domain.fields import FieldSpec, FieldType, Layer, fields_of
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision, TechnicalIndicator, Visibility
from matchmaker.domain.permissions import Actor, can_read_inside
from matchmaker.search.document import Document

ANONYMOUS_NAMES = {ListingKind.NEED: N_("匿名需求方"), ListingKind.ACHIEVEMENT: N_("匿名成果方")}
ALL_LAYERS = frozenset(Layer)
PUBLIC_LAYERS = frozenset({Layer.ABSTRACT, Layer.FULL})
ABSTRACT_LAYERS = frozenset({Layer.ABSTRACT})

_LAYERS_OF_SCOPE = {
    Scope.OPEN: PUBLIC_LAYERS,
    Scope.INSIDE: PUBLIC_LAYERS,
    Scope.OUTSIDE: ABSTRACT_LAYERS,
}


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
class ListingView:
    """A listing as one viewer sees it.

    `organization_id` is None and `organization_name` a neutral word where the poster is hidden; so is `sub_unit`, which
    would give the organization away. `hidden` are the labels
    of filled fields that this viewer does not see. `text` is all that he may read, for snippets and highlights.
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

    def value(self, name: str) -> Any:
        """The value of one field, or None where it is empty or hidden."""
        return next((view.value for view in self.fields if view.spec.name == name), None)


def visible_layers(listing: Listing, actor: Actor) -> frozenset[Layer]:
    """Return the layers of a listing that `actor` may read, given that he may read it at all."""
    if can_read_inside(actor, listing):
        return ALL_LAYERS
    return PUBLIC_LAYERS if listing.visibility == Visibility.PUBLIC else ABSTRACT_LAYERS


def project(listing: Listing, actor: Actor, revision: Revision | None = None) -> ListingView:
    """Show `listing` to `actor`: the published revision, or `revision` where a caller has authorised another.

    The caller has checked `can_read_listing`; this only decides how much is seen.
    """
    revision = revision or listing.current
    layers = visible_layers(listing, actor)
    return _view(listing, revision, layers)


def preview(listing: Listing, revision: Revision) -> ListingView:
    """Show a revision as everybody else will see it once it is published with the visibility that it asks for."""
    layers = PUBLIC_LAYERS if revision.visibility == Visibility.PUBLIC else ABSTRACT_LAYERS
    return _view(listing, revision, layers)


def document(listing: Listing, revision: Revision, scope: Scope) -> Document:
    """Return the text and facets of a revision in one scope, as search and matching know it."""
    layers = _LAYERS_OF_SCOPE[scope]
    is_need = listing.kind == ListingKind.NEED
    money = getattr(revision, "budget" if is_need else "price")
    shows_money = Layer.FULL in layers
    return Document(
        id=listing.id,
        title=revision.title,
        body=_body(revision, layers),
        field=revision.field,
        industry=revision.industry,
        region=_region(revision, layers),
        stage=getattr(revision, "stage_wanted" if is_need else "stage"),
        money=money if shows_money else None,
        cooperation=frozenset(revision.cooperation),
        keywords=tuple(revision.keywords),
    )


def scopes(visibility: str) -> tuple[Scope, ...]:
    """Return the scopes in which a listing of that visibility is embedded and searched."""
    match visibility:
        case Visibility.PUBLIC:
            return (Scope.OPEN,)
        case Visibility.ANONYMOUS:
            return (Scope.INSIDE, Scope.OUTSIDE)
        case _:
            return (Scope.INSIDE,)


def full_scope(visibility: str) -> Scope:
    """Return the scope that holds all of a listing's text."""
    return Scope.OPEN if visibility == Visibility.PUBLIC else Scope.INSIDE


def public_scope(visibility: str) -> Scope | None:
    """Return the scope that everybody may read, or None where there is none."""
    return {Visibility.PUBLIC: Scope.OPEN, Visibility.ANONYMOUS: Scope.OUTSIDE}.get(Visibility(visibility))


def _view(listing: Listing, revision: Revision, layers: frozenset[Layer]) -> ListingView:
    named = Layer.FULL in layers
    organization = listing.organization
    shown, hidden = _fields(revision, layers)
    return ListingView(
        id=listing.id,
        kind=listing.kind,
        state=listing.state,
        visibility=revision.visibility,
        revision=revision.number,
        title=revision.title,
        abstract=revision.abstract,
        organization_id=organization.id if named else None,
        organization_name=organization.name if named else ANONYMOUS_NAMES[ListingKind(listing.kind)],
        organization_verified=named and organization.verified_at is not None,
        sub_unit=listing.sub_unit.name if named and listing.sub_unit else None,
        field=revision.field,
        industry=revision.industry,
        region=_region(revision, layers),
        keywords=tuple(revision.keywords),
        cooperation=tuple(revision.cooperation),
        language=revision.language,
        published_at=listing.published_at,
        fields=shown,
        indicators=_indicators(revision) if Layer.FULL in layers else (),
        hidden=hidden,
        text="\n".join(filter(None, (revision.title, _body(revision, layers)))),
    )


def _fields(revision: Revision, layers: frozenset[Layer]) -> tuple[tuple[FieldView, ...], tuple[str, ...]]:
    shown: list[FieldView] = []
    hidden: list[str] = []
    for spec in fields_of(revision.kind):
        value = _region(revision, layers) if spec.name == "region" else getattr(revision, spec.name)
        if value in (None, "", []):
            continue
        if spec.layer in layers:
            shown.append(FieldView(spec, value))
        else:
            hidden.append(spec.label)
    return tuple(shown), tuple(hidden)


def _region(revision: Revision, layers: frozenset[Layer]) -> str | None:
    # A district can give a company away; a prefecture or city does not.
    if revision.region is None or Layer.FULL in layers:
        return revision.region
    return codes.coarse_region(revision.region)


def _body(revision: Revision, layers: frozenset[Layer]) -> str:
    parts: list[str] = []
    for spec in fields_of(revision.kind):
        if spec.is_text and spec.layer in layers:
            value = getattr(revision, spec.name)
            if spec.type is FieldType.INDICATORS:
                parts.extend(indicator.text for indicator in _indicators(revision))
            elif spec.type is FieldType.WORDS:
                parts.append("、".join(value or ()))
            elif value:
                parts.append(value)
    return "\n".join(part for part in parts if part)


def _indicators(revision: Revision) -> tuple[IndicatorView, ...]:
    return tuple(_indicator(row) for row in revision.indicators)


def _indicator(row: TechnicalIndicator) -> IndicatorView:
    return IndicatorView(row.name, row.comparator, row.value, row.upper, row.unit)
