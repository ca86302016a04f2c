"""The column that says which fields of a row fewer people may read: 背景与痛点：双方感兴趣后；联系电话：仅内部."""

import re
from collections.abc import Mapping

from matchmaker.domain.fields import Layer, field_of, fields_of
from matchmaker.domain.language import N_
from matchmaker.services.imports.columns import find_column
from matchmaker.services.reading.text import Unreadable, line, means_nothing

CELL_NAMES = {
    Layer.MATCHED: "双方感兴趣后",
    Layer.CONFIDENTIAL: "签保密协议后",
    Layer.INSIDE: "仅内部",
}
"""Written in Chinese whatever the reader's language, as column names are: an import knows them by that."""

_LAYERS = {name: layer for layer, name in CELL_NAMES.items()} | {str(layer): layer for layer in Layer}
_PARTS = re.compile(r"[;；\n]+")
_PAIR = re.compile(r"(?P<field>.+)[:：=](?P<layer>[^:：=]+)")


def write_layers(kind: str, layers: Mapping[str, str]) -> str:
    """Return the cell for a revision's own choice of layers."""
    labels = {spec.name: spec.label for spec in fields_of(kind)}
    closed = {name: Layer(layer) for name, layer in layers.items() if name in labels and layer != Layer.ABSTRACT}
    return "；".join(f"{labels[name]}：{CELL_NAMES[layer]}" for name, layer in closed.items())


def read_layers(kind: str, cell: object) -> dict[str, str]:
    """Return the choice of layers that a cell (or a JSON object) holds, by field.

    Raises:
        Unreadable: it names no such field or layer; who may read something is never guessed.
    """
    if isinstance(cell, Mapping):
        return dict(_one(kind, line(name), line(layer)) for name, layer in cell.items())
    text = line(cell).replace("；", ";")
    if means_nothing(text):
        return {}
    return dict(_pair(kind, part) for part in _PARTS.split(text) if part.strip())


def _pair(kind: str, part: str) -> tuple[str, str]:
    found = _PAIR.fullmatch(part.strip())
    if found is None:
        raise _unreadable(part)
    return _one(kind, found["field"], found["layer"])


def _one(kind: str, field: str, layer: str) -> tuple[str, str]:
    column = find_column(kind, field.strip())
    known = _LAYERS.get(layer.strip())
    if column is None or known is None or field_of(kind, column.name) is None:
        raise _unreadable(f"{field}：{layer}")
    return column.name, str(known)


def _unreadable(part: str) -> Unreadable:
    sentence = N_("看不懂“%(part)s”：请写成“列名：双方感兴趣后”、“列名：签保密协议后”或“列名：仅内部”。")
    return Unreadable(sentence, part=part[:40])
