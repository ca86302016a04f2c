"""The poster's choices of who sees a single field: read from a form, checked against the table of fields."""

from collections.abc import Mapping

from matchmaker.domain.errors import Invalid
from matchmaker.domain.fields import Layer, field_of
from matchmaker.domain.language import N_

CLOSED = frozenset({Layer.MATCHED, Layer.CONFIDENTIAL, Layer.INSIDE})


def read_layers(kind: str, raw: Mapping[str, str]) -> dict[str, str]:
    """Return the chosen layer of each field of `kind` that has one; an empty choice is the default, and left out.

    Raises:
        Invalid: an unknown field or layer, or a field that everybody reads.
    """
    chosen = {name: value for name, value in raw.items() if value}
    for name, value in chosen.items():
        spec = field_of(kind, name)
        if spec is None or spec.is_fixed or value not in CLOSED:
            raise Invalid(N_("“谁能看到”的设置有误，请重新选择。"))
    return chosen
