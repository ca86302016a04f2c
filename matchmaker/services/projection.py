"""What a viewer sees of a listing: the one place that decides it.

Pages, snippets, highlights, search and match reasons are made from these texts only, so nothing hidden can be guessed.
"""

from dataclasses import dataclass
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.embeddings import Scope
from matchmaker.domain.fields import FieldSpec, FieldType, Group, Layer, field_of, fields_of
from matchmaker.domain.language import N_
from matchmaker.domain.layers import (
    ABSTRACT_LAYERS,
    ALL_LAYERS,
    Layered,
    hides_text,
    identity_layer,
    layer_of,
    stricter,
    up_to,
)
from matchmaker.domain.listings import Listing, ListingKind, Revision, TechnicalIndicator, Visibility
from matchmaker.domain.permissions import Actor, can_read_inside
from matchmaker.search.document import Document
from matchmaker.services.listing_views import FieldView, IndicatorView, LayeredText, ListingView, is_prose
from matchmaker.services.readings import note_shown

IDENTIFYING = frozenset({"source", "team"})
"""Fields outside the contact that often say who posted a listing: experts who judge it do not read them."""
ANONYMOUS_NAMES = {ListingKind.NEED: N_("匿名需求方"), ListingKind.ACHIEVEMENT: N_("匿名成果方")}


def layered_texts(revision: Revision) -> tuple[LayeredText, ...]:
    """Return title and long texts with the layer of each, for what is computed once for all readers.

    Nothing of it may be shown but what `ListingView.prose` of the reader's own view holds too.
    """
    specs = [spec for spec in fields_of(revision.kind) if is_prose(spec) and getattr(revision, spec.name)]
    return tuple(LayeredText(spec, layer_of(spec, revision), getattr(revision, spec.name)) for spec in specs)


def visible_layers(listing: Listing, actor: Actor) -> frozenset[Layer]:
    """Return the layers of a listing that `actor` may read, given that he may read it at all."""
    return ALL_LAYERS if can_read_inside(actor, listing) else up_to(actor.opened.get(listing.id, Layer.ABSTRACT))


def project(listing: Listing, actor: Actor, revision: Revision | None = None) -> ListingView:
    """Show `listing` to `actor`: the published revision, or `revision` where a caller has authorised another.

    The caller has checked `can_read_listing`; this only decides how much is seen.
    """
    seen = _Shown(revision or listing.current, visible_layers(listing, actor))
    view = _view(listing, seen)
    note_shown(actor, listing, view.layer, _listed_layer(seen, view))
    return view


def facets_of(listing: Listing, actor: Actor) -> dict[str, str | None]:
    """Return what `actor` may narrow a search by to find the published revision; nothing is shown by it yet."""
    seen = _Shown(listing.current, visible_layers(listing, actor))
    stage = seen.value("stage") if listing.kind == ListingKind.ACHIEVEMENT else seen.value("stage_wanted")
    named = {name: seen.value(name) for name in ("field", "industry", "region")}
    return {"kind": listing.kind, **named, "stage": stage}


def preview(listing: Listing, revision: Revision, layer: Layer = Layer.ABSTRACT) -> ListingView:
    """Show a revision as everybody else will see it once it is published as it asks for.

    With a stricter `layer`: as an organization will see it to which that layer was opened.
    """
    return _view(listing, _Shown(revision, up_to(layer)))


def for_judging(listing: Listing, revision: Revision, actor: Actor) -> ListingView:
    """Show a revision to an expert who judges it: what a matched party would read, never who posted it.

    Neither contact nor source nor the exact district is shown. The caller has checked that he was asked to judge it.
    """
    view = _view(listing, _Shown(revision, up_to(Layer.MATCHED), blind=True))
    note_shown(actor, listing, view.layer, view.layer)
    return view


def document(listing: Listing, revision: Revision, scope: Scope) -> Document:
    """Return the text and facets of a revision in one scope, as search and matching know it."""
    shown = _Shown(revision, ABSTRACT_LAYERS if scope is Scope.OUTSIDE else ALL_LAYERS)
    is_need = listing.kind == ListingKind.NEED
    return Document(
        id=listing.id,
        title=revision.title,
        body=_body(shown),
        field=shown.value("field"),
        industry=shown.value("industry"),
        region=shown.value("region"),
        stage=shown.value("stage_wanted" if is_need else "stage"),
        money=shown.value("budget" if is_need else "price"),
        cooperation=frozenset(shown.value("cooperation") or ()),
        keywords=tuple(shown.value("keywords") or ()),
    )


def scopes(revision: Layered) -> tuple[Scope, ...]:
    """Return the scopes in which a listing with this published revision is embedded and scored."""
    return (Scope.INSIDE, Scope.OUTSIDE) if hides_text(revision) else (Scope.OPEN,)


def searched_scopes(revision: Layered) -> tuple[Scope, ...]:
    """Return the scopes in which it can be found: the public text of one for brokers only is in no index."""
    return (Scope.INSIDE,) if revision.visibility == Visibility.BROKERS else scopes(revision)


def full_scope(revision: Layered) -> Scope:
    """Return the scope that holds all of a listing's text."""
    return scopes(revision)[0]


def public_scope(revision: Layered) -> Scope:
    """Return the scope that whoever may read the listing at all may read."""
    return scopes(revision)[-1]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A revision through the layers that somebody may read; `blind` to whatever says who posted it."""

    revision: Revision
    layers: frozenset[Layer]
    blind: bool = False

    @property
    def is_named(self) -> bool:
        """Whether it is seen who posted it."""
        return not self.blind and identity_layer(self.revision.visibility) in self.layers

    def has(self, spec: FieldSpec) -> bool:
        """Whether a field may be read."""
        if self.blind and (spec.group is Group.CONTACT or spec.name in IDENTIFYING):
            return False
        return layer_of(spec, self.revision) in self.layers

    def value(self, name: str) -> Any:
        """The value of a field as it may be seen; None where it is hidden."""
        spec = field_of(self.revision.kind, name)
        if spec is None or not self.has(spec):
            return None
        value = getattr(self.revision, name)
        # A district can give a company away; a prefecture or city does not.
        return codes.coarse_region(value) if name == "region" and value and not self.is_named else value


def _view(listing: Listing, seen: _Shown) -> ListingView:
    revision, organization, named = seen.revision, listing.organization, seen.is_named
    shown, hidden = _fields(seen)
    body = _body(seen)
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
        industry=seen.value("industry"),
        region=seen.value("region"),
        keywords=tuple(seen.value("keywords") or ()),
        cooperation=tuple(seen.value("cooperation") or ()),
        language=revision.language,
        published_at=listing.published_at,
        fields=shown,
        indicators=next((_indicators(revision) for view in shown if view.spec.type is FieldType.INDICATORS), ()),
        hidden=hidden,
        text="\n".join(filter(None, (revision.title, body))),
        layer=_strictest(revision, shown, named=named),
    )


def _fields(seen: _Shown) -> tuple[tuple[FieldView, ...], tuple[str, ...]]:
    shown: list[FieldView] = []
    hidden: list[str] = []
    for spec in fields_of(seen.revision.kind):
        value = getattr(seen.revision, spec.name)
        if value in (None, "", []):
            continue
        if not seen.has(spec):
            hidden.append(spec.label)
        elif (value := seen.value(spec.name)) is not None:
            shown.append(FieldView(spec, value))
    return tuple(shown), tuple(hidden)


def _strictest(revision: Revision, shown: tuple[FieldView, ...], *, named: bool) -> Layer:
    layer = identity_layer(revision.visibility) if named else Layer.ABSTRACT
    for view in shown:
        layer = stricter(layer, layer_of(view.spec, revision))
    return layer


def _listed_layer(seen: _Shown, view: ListingView) -> Layer:
    """The strictest layer of what a list may show of a view: all but the contact."""
    shown = tuple(field for field in view.fields if field.spec.group is not Group.CONTACT)
    return _strictest(seen.revision, shown, named=seen.is_named)


def _body(seen: _Shown) -> str:
    parts: list[str] = []
    for spec in fields_of(seen.revision.kind):
        if spec.is_text and seen.has(spec):
            value = getattr(seen.revision, spec.name)
            if spec.type is FieldType.INDICATORS:
                parts.extend(indicator.text for indicator in _indicators(seen.revision))
            elif spec.type is FieldType.WORDS:
                parts.append("、".join(value or ()))
            elif value:
                parts.append(value)
    return "\n".join(part for part in parts if part)


def _indicators(revision: Revision) -> tuple[IndicatorView, ...]:
    return tuple(_indicator(row) for row in revision.indicators)


def _indicator(row: TechnicalIndicator) -> IndicatorView:
    return IndicatorView(row.name, row.comparator, row.value, row.upper, row.unit)
