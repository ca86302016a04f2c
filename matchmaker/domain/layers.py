"""In which layer each field and file of a listing lies: a default that follows its visibility, and the poster's choice.

The poster may close a single field further than its default, never open it; the choices stand on the revision
(`layers`, field name -> layer), because who sees what is part of what is reviewed.
"""

from collections.abc import Mapping
from functools import cache
from typing import Protocol

from matchmaker.domain.fields import FieldSpec, Group, Layer, fields_of
from matchmaker.domain.listings import Visibility

LAYERS = tuple(Layer)
ALL_LAYERS = frozenset(Layer)
ABSTRACT_LAYERS = frozenset({Layer.ABSTRACT})

_OPEN = {Group.SUMMARY: Layer.ABSTRACT, Group.BODY: Layer.ABSTRACT, Group.CONTACT: Layer.MATCHED}
_CLOSED = {Group.SUMMARY: Layer.ABSTRACT, Group.BODY: Layer.MATCHED, Group.CONTACT: Layer.MATCHED}


class Layered(Protocol):
    """What says who sees a listing's fields: a revision, or the columns of one; no `layers` in one not stored yet."""

    @property
    def kind(self) -> str: ...
    @property
    def visibility(self) -> str: ...
    @property
    def layers(self) -> Mapping[str, str] | None: ...


def up_to(layer: Layer) -> frozenset[Layer]:
    """Return a layer with all that are more open: whoever reads it reads them too."""
    return frozenset(LAYERS[: LAYERS.index(layer) + 1])


def stricter(one: Layer, other: Layer) -> Layer:
    """Return the one of two layers that fewer people read."""
    return max(one, other, key=LAYERS.index)


def default_layer(group: Group, visibility: str) -> Layer:
    """Return the layer of a group of fields where the poster has chosen nothing."""
    return (_OPEN if visibility == Visibility.PUBLIC else _CLOSED)[group]


def identity_layer(visibility: str) -> Layer:
    """Return the layer of who posted a listing, and of its exact district, which could give that away."""
    return Layer.ABSTRACT if visibility == Visibility.PUBLIC else Layer.MATCHED


def layer_of(spec: FieldSpec, revision: Layered) -> Layer:
    """Return the layer in which a field of a revision lies."""
    default = default_layer(spec.group, revision.visibility)
    chosen = (revision.layers or {}).get(spec.name)
    return default if chosen is None or spec.is_fixed else stricter(default, Layer(chosen))


def file_layer(chosen: str | None, visibility: str) -> Layer:
    """Return the layer of a file: the chosen one, or that of the full text where none was chosen."""
    return Layer(chosen) if chosen else default_layer(Group.BODY, visibility)


def choices_of(spec: FieldSpec, visibility: str) -> tuple[Layer, ...]:
    """Return the layers that the poster may put a field into, the default first; one only where he has no choice."""
    default = default_layer(spec.group, visibility)
    return (default,) if spec.is_fixed else LAYERS[LAYERS.index(default) :]


def hides_text(revision: Layered) -> bool:
    """Whether something that search and matching work with is not open to every reader."""
    if not revision.layers:
        return _hides_by_default(revision.kind, revision.visibility)
    return any(
        spec.group is not Group.CONTACT and layer_of(spec, revision) is not Layer.ABSTRACT for spec in _all(revision)
    )


@cache
def _hides_by_default(kind: str, visibility: str) -> bool:
    """Most posters choose nothing, and matching asks this of every candidate several times."""
    groups = {spec.group for spec in fields_of(kind)} - {Group.CONTACT}
    return any(default_layer(group, visibility) is not Layer.ABSTRACT for group in groups)


def _all(revision: Layered) -> tuple[FieldSpec, ...]:
    return fields_of(revision.kind)
