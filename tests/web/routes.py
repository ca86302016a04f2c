"""Every route of the site with every way to call it, read from the application, so that one added later is among them.

An address's ids are those of the things in world.py, or of nothing; the names of the arguments say which.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from flask import Flask
from werkzeug.routing import Map, Rule

from matchmaker.domain.listings import ListingKind
from matchmaker.web.access import UNGUARDED, Access, access_of
from tests.web.world import MISSING, World

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Call:
    """One way to call one route: `missing` is the same address with ids that do not exist."""

    name: str
    method: str
    address: str
    missing: str
    access: Access

    @property
    def is_about_something(self) -> bool:
        """Whether the address names a thing by its id."""
        return self.address != self.missing


def calls_of(app: Flask, world: World) -> list[Call]:
    """Return every call of every route but those of files."""
    found = [call for rule in app.url_map.iter_rules() for call in _calls(app, rule, world)]
    assert len(found) > len({rule.endpoint for rule in app.url_map.iter_rules()}) - 2
    return found


def _calls(app: Flask, rule: Rule, world: World) -> Iterator[Call]:
    access = access_of(app.view_functions[rule.endpoint])
    if rule.endpoint in UNGUARDED:
        return
    assert access is not None, f"{rule.endpoint} is not marked"
    for method in sorted((rule.methods or set()) & METHODS):
        for address, missing in _addresses(app.url_map, rule, world):
            yield Call(rule.endpoint, method, address, missing, access)


def _addresses(url_map: Map, rule: Rule, world: World) -> Iterator[tuple[str, str]]:
    urls = url_map.bind("localhost")
    names = sorted(rule.arguments)
    for values in product(*(_values(rule, name, world) for name in names)):
        given = dict(zip(names, values, strict=True))
        missing = {name: MISSING if isinstance(value, int) else value for name, value in given.items()}
        yield urls.build(rule.endpoint, given), urls.build(rule.endpoint, missing)


def _values(rule: Rule, name: str, world: World) -> tuple[object, ...]:
    converter = type(rule._converters[name]).__name__
    if converter == "KindConverter":
        return tuple(ListingKind)
    if converter == "IdConverter":
        return world.ids(name)
    assert converter in {"UnicodeConverter", "PathConverter"}, f"{rule.rule}: say how to fill {name}"
    return ("x",)
