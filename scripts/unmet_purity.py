"""How well groups of needs agree with their fields: the unmet-need map's grouping beside a random reference.

    python scripts/unmet_purity.py [--labels FILE --needs DIR]

Without arguments: the published needs of this site's database, their fields as labels. With them: `queries.jsonl` of a
folder in BEIR layout, encoded here, and a tab-separated file of query id and label. Purity is the share of needs, in
groups of several, whose group's most frequent label is their own; the reference deals the same labels out at random
(mean of 200 deals). A second figure is the adjusted mutual information of groups and labels (0 at random, 1 the same).
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sklearn.metrics import adjusted_mutual_info_score

from matchmaker.config import load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.search.clusters import Labels, Vectors, centred, group
from matchmaker.search.encoder import load_encoder
from matchmaker.services.embedding_models import active_model
from matchmaker.services.unmet.making import DISTANCES, public_vectors

DEALS = 200


def main() -> None:
    """Print a line for each granularity."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--needs", type=Path)
    parser.add_argument("--labels", type=Path)
    asked = parser.parse_args()
    vectors, labels = _labelled(asked.needs, asked.labels) if asked.needs else _own()
    print(f"{len(labels)} needs, {len(set(labels))} labels")
    for grain, distance in DISTANCES.items():
        _report(grain, group(vectors, distance), labels)


def _report(grain: str, groups: Labels, labels: Sequence[str]) -> None:
    members = [np.flatnonzero(groups == number) for number in range(int(groups.max(initial=-1)) + 1)]
    several = [places for places in members if len(places) > 1]
    rng = np.random.default_rng(0)
    known = np.array(labels)
    random = np.mean([_purity(several, rng.permutation(known)) for _ in range(DEALS)])
    agreement = adjusted_mutual_info_score(known, groups)
    grouped = sum(map(len, several))
    print(
        f"{grain:7} groups of several {len(several):4} with {grouped} needs, the largest {max(map(len, members))}; "
        f"purity {_purity(several, known):.2f}, random {random:.2f}; mutual information {agreement:.2f}"
    )


def _purity(groups: Sequence[Labels], labels: np.ndarray) -> float:
    best = sum(Counter(labels[places].tolist()).most_common(1)[0][1] for places in groups)
    return best / max(1, sum(map(len, groups)))


def _own() -> tuple[Vectors, list[str]]:
    database = Database(load_settings().database_url)
    with database.read() as session:
        model = active_model(session)
        if model is None:
            raise SystemExit("no embedding model serves yet: let the worker run first")
        stored = public_vectors(session, model.model_id)
        rows = session.scalars(sa.select(Listing).where(Listing.id.in_(stored)).order_by(Listing.id)).all()
        labelled = [(row.id, row.current.field) for row in rows if row.current.field]
    titles, texts = (np.stack([stored[found][part] for found, _ in labelled]) for part in (0, 1))
    return centred(titles, texts, titles, texts), [label for _, label in labelled]


def _labelled(folder: Path, file: Path) -> tuple[Vectors, list[str]]:
    labels = dict(line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line)
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    # The same need posted twice would be a group by itself.
    needs = {row["title"]: row for row in map(json.loads, lines) if row["_id"] in labels}
    encoder = load_encoder("default", load_settings().indexes / "model")
    titles = encoder.encode_queries(list(needs))
    texts = encoder.encode_queries([f"{row['title']}\n{row['text']}" for row in needs.values()])
    return centred(titles, texts, titles, texts), [labels[row["_id"]] for row in needs.values()]


if __name__ == "__main__":
    main()
