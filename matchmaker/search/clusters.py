"""Texts grouped by meaning: which belong together at a chosen distance, and where groups lie beside one another."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
Places = NDArray[np.float64]

FEWEST_FOR_NEIGHBOURS = 12
"""Groups from which a map that keeps neighbours together is worth more than the two widest directions."""
GAP = 0.15
_ROUNDS = 400


def centred(titles: Vectors, texts: Vectors, all_titles: Vectors, all_texts: Vectors) -> Vectors:
    """Return unit vectors in which only what tells texts apart counts: the common direction of `all_*` is taken out.

    Vectors of one language model lie in a narrow cone, in which all texts are alike; titles and whole texts say
    different things, and their sum says both. Rows are texts.
    """
    return _unit(_unit(titles - all_titles.mean(axis=0)) + _unit(texts - all_texts.mean(axis=0)))


def group(vectors: Vectors, distance: float) -> Labels:
    """Return a group's number for each unit vector, groups in the order of their first member.

    Groups are joined as long as the mean cosine distance between their members is at most `distance`. A vector that is
    near none stays alone. The same vectors always give the same groups.
    """
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.int64)
    # scipy alone: scikit-learn would do the same by it, and takes a second to import.
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    # Of unit vectors this is the cosine distance; texts that say nothing but what all say are zero, and alike.
    apart = pdist(vectors.astype(np.float64), "sqeuclidean") / 2
    found = fcluster(linkage(apart, "average"), distance, "distance").tolist()
    order = {label: place for place, label in enumerate(dict.fromkeys(found))}
    return np.array([order[label] for label in found], dtype=np.int64)


def spread(vectors: Vectors, labels: Labels, sizes: Places) -> Places:
    """Return the middle (x, y) of each group's circle on a map; circles of radius `sizes` do not overlap.

    Groups that mean alike lie near one another as far as a plane allows; the map has no axes and no scale.
    """
    middles = _unit(np.stack([vectors[labels == label].mean(axis=0) for label in range(len(sizes))]))
    flat = _neighbours(middles) if len(middles) >= FEWEST_FOR_NEIGHBOURS else _widest(middles)
    reach = np.abs(flat).max() or 1.0
    return _pushed_apart(flat / reach * np.sqrt((sizes**2).sum()) * 1.2, sizes)


def _widest(middles: Vectors) -> Places:
    if len(middles) < 2:
        return np.zeros((len(middles), 2))
    shifted = middles.astype(np.float64) - middles.mean(axis=0)
    left, strength, _ = np.linalg.svd(shifted, full_matrices=False)
    flat = (left * strength)[:, :2]
    flat = np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))
    # A direction and its opposite are equally wide: the first group that is off the middle lies to the right.
    return np.asarray(flat * np.where(flat[np.abs(flat).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0))


def _neighbours(middles: Vectors) -> Places:
    from sklearn.manifold import TSNE

    near: Any = TSNE(
        perplexity=min(15.0, (len(middles) - 1) / 3),
        metric="cosine",
        init=_widest(middles) / 100,
        method="exact",
        learning_rate=50.0,
        random_state=0,
    )
    return np.asarray(near.fit_transform(middles.astype(np.float64)))


def _pushed_apart(middles: Places, sizes: Places) -> Places:
    """Draw all circles to the middle and push overlapping ones apart, until none overlaps."""
    places, wanted = middles.copy(), (sizes[:, None] + sizes[None, :]) + GAP
    np.fill_diagonal(wanted, 0.0)
    # Two in the very same place would never part.
    places += np.linspace(0, 1e-3, len(places))[:, None] * np.array([1.0, -1.0])
    for done in range(_ROUNDS):
        if done < _ROUNDS // 2:
            places *= 0.998
        apart = places[:, None, :] - places[None, :, :]
        far = np.maximum(np.linalg.norm(apart, axis=2), 1e-9)
        lacking = np.maximum(wanted - far, 0.0)
        if done >= _ROUNDS // 2 and lacking.max() < GAP / 2:
            break
        places += (apart / far[:, :, None] * (lacking / 2)[:, :, None]).sum(axis=1) * 0.6
    return places


def _unit(vectors: NDArray[Any]) -> NDArray[Any]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=vectors.dtype)
