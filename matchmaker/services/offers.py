"""What the other side of a pair will read of the viewer's own listing if he is interested: said before he says so."""

from collections.abc import Iterator
from dataclasses import dataclass

from matchmaker.domain.fields import Layer, fields_of
from matchmaker.domain.language import N_
from matchmaker.domain.layers import file_layer, identity_layer, layer_of
from matchmaker.domain.listings import Attachment, Listing, Revision, Visibility

IDENTITY, DISTRICT = N_("单位名称"), N_("所在区县")


@dataclass(frozen=True, slots=True)
class Offer:
    """Labels of filled fields and names of files by the moment at which the other side gets to read them.

    `at_once`: as soon as the owner says that he is interested (only of a listing for brokers, which nobody else can
    see before). `if_mutual`: once both sides have. `if_agreed`: once a confidentiality agreement stands as well.
    """

    kind: str
    visibility: str
    at_once: tuple[str, ...]
    if_mutual: tuple[str, ...]
    if_mutual_files: tuple[str, ...]
    if_agreed: tuple[str, ...]
    if_agreed_files: tuple[str, ...]

    @property
    def opens_text(self) -> bool:
        """Whether interest opens more than a public listing's contact."""
        return self.visibility != Visibility.PUBLIC or bool(self.if_agreed or self.if_mutual_files)


def labels_by_layer(revision: Revision) -> dict[Layer, tuple[str, ...]]:
    """Return the labels of what is filled in a revision, by the layer in which it lies."""
    return {layer: tuple(_labels(revision, layer)) for layer in Layer}


def offer_of(listing: Listing) -> Offer:
    """Return what interest in a pair would open of its owner's published listing."""
    revision = listing.current
    return Offer(
        kind=listing.kind,
        visibility=listing.visibility,
        at_once=tuple(_labels(revision, Layer.ABSTRACT)) if listing.visibility == Visibility.BROKERS else (),
        if_mutual=tuple(_labels(revision, Layer.MATCHED)),
        if_mutual_files=tuple(_files(listing, Layer.MATCHED)),
        if_agreed=tuple(_labels(revision, Layer.CONFIDENTIAL)),
        if_agreed_files=tuple(_files(listing, Layer.CONFIDENTIAL)),
    )


def _labels(revision: Revision, layer: Layer) -> Iterator[str]:
    if layer is identity_layer(revision.visibility) and layer is not Layer.ABSTRACT:
        yield IDENTITY
        yield DISTRICT
    for spec in fields_of(revision.kind):
        is_filled = getattr(revision, spec.name) not in (None, "", [])
        if is_filled and spec.name != "visibility" and layer_of(spec, revision) is layer:
            yield spec.label


def _files(listing: Listing, layer: Layer) -> Iterator[str]:
    for file in listing.attachments:
        if (
            file.deleted_at is None
            and is_reviewed(file, listing)
            and file_layer(file.layer, listing.visibility) is layer
        ):
            yield file.name


def is_reviewed(file: Attachment, listing: Listing) -> bool:
    """Whether a file was there when the published text was submitted, and so was reviewed with it."""
    published = listing.published_revision
    return published is not None and published.submitted_at is not None and file.uploaded_at <= published.submitted_at
