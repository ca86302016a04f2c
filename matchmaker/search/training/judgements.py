"""Graded pairs for learning: families of needs, and parts that are kept out to see what was learned."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.metrics import Qrels
from matchmaker.search.text import normalise

Grades = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What is learned from and what is kept out: whole families of needs (`unseen`), and single pairs of the needs
    that are learned from (`seen`)."""

    learned: Grades
    seen: Grades
    unseen: Grades


def families(queries: Mapping[str, TextRow]) -> dict[str, str]:
    """Name each need's family, {need: its first member}: needs of equal title or equal text belong together, since one
    would give away the grades of the other."""
    found: dict[str, str] = {query: query for query in queries}
    first: dict[str, str] = {}

    def root(query: str) -> str:
        while found[query] != query:
            query = found[query]
        return query

    for query, row in queries.items():
        for mark in filter(None, (_mark("title", row.title), _mark("text", row.text))):
            other = first.setdefault(mark, query)
            found[root(query)] = root(other)
    return {query: root(query) for query in queries}


def hold_out(dataset: Dataset, share: float, seed: int) -> HeldOut:
    """Keep out `share` of the families of needs, and of the pairs of each need that is left."""
    mixer = random.Random(f"hold out {seed}")  # noqa: S311 - not for secrets
    family = families({query: dataset.queries[query] for query in dataset.qrels})
    names = sorted(set(family.values()))
    hidden = set(mixer.sample(names, round(share * len(names))))
    parts = HeldOut({}, {}, {})
    for query, row in sorted(dataset.qrels.items()):
        if family[query] in hidden:
            parts.unseen[query] = dict(row)
            continue
        kept_out = set(mixer.sample(sorted(row), int(share * len(row))))
        parts.learned[query] = {document: grade for document, grade in row.items() if document not in kept_out}
        if kept_out:
            parts.seen[query] = {document: row[document] for document in row if document in kept_out}
    return parts


def halves(parts: HeldOut) -> tuple[HeldOut, HeldOut]:
    """Part what is held out into two by needs, every second one to each."""
    one, other = (
        HeldOut(parts.learned, *({q: row[q] for q in sorted(row)[turn::2]} for row in (parts.seen, parts.unseen)))
        for turn in (0, 1)
    )
    return one, other


def fingerprint(dataset: Dataset, qrels: Qrels) -> str:
    """Tell one set of judgements with its texts from any other."""
    digest = hashlib.sha256()
    for query, row in sorted(qrels.items()):
        digest.update(repr((dataset.queries[query], sorted(row.items()))).encode())
        digest.update(repr([dataset.corpus[document] for document in sorted(row)]).encode())
    return digest.hexdigest()


def _mark(part: str, text: str) -> str | None:
    words = "".join(normalise(text).split())
    return f"{part} {words}" if words else None
