"""Listings: who posts, edits, reviews and reads them."""

from matchmaker.domain.people import Role
from matchmaker.domain.permissions.actors import Actor
from matchmaker.domain.permissions.organizations import can_list_organizations
from matchmaker.domain.permissions.subjects import OwnedListing, kept_apart, owned_before, owns

REVIEWERS = frozenset({Role.BROKER, Role.BUREAU})
POSTERS = {"need": frozenset({Role.ENTERPRISE}), "achievement": frozenset({Role.UNIVERSITY, Role.ENTERPRISE})}


def can_post(actor: Actor, kind: str) -> bool:
    """Enterprises post needs and achievements, universities achievements; brokers either for a client."""
    return actor.role is not None and (actor.role in POSTERS.get(kind, frozenset()) or actor.role is Role.BROKER)


def can_post_for_client(actor: Actor) -> bool:
    """Only a broker posts in another organization's name, and its member must confirm."""
    return actor.role is Role.BROKER


def can_edit_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Members of the owning organization, and the broker who posted it for them, as long as he acts as one."""
    return owns(actor, listing) or (actor.role is Role.BROKER and actor.user_id == listing.broker_id)


def can_close_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Its editors; and the bureau, which must be able to take down what should not have been published."""
    return can_edit_listing(actor, listing) or (actor.role is Role.BUREAU and listing.state == "published")


def can_restore_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Its own organization; the broker who wrote it only what was never published, for the client may have ended it."""
    return owns(actor, listing) or (can_edit_listing(actor, listing) and listing.published_revision_id is None)


def can_confirm_listing(actor: Actor, listing: OwnedListing) -> bool:
    """The client, never the broker who wrote it."""
    return owns(actor, listing) and actor.user_id != listing.broker_id


def can_review(actor: Actor) -> bool:
    """The bureau's or a broker's review desk."""
    return actor.is_system or actor.role in REVIEWERS


def can_review_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Two pairs of eyes: nobody reviews what his own organization, or he himself for a client, has posted."""
    if actor.is_system:
        return True
    return can_review(actor) and not owns(actor, listing) and actor.user_id != listing.broker_id


def can_read_inside(actor: Actor, listing: OwnedListing) -> bool:
    """The full text of a listing, whatever its visibility, drafts excepted."""
    return can_edit_listing(actor, listing) or actor.reads_all or owned_before(actor, listing)


def can_read_listing(actor: Actor, listing: OwnedListing) -> bool:
    """Whether the actor may know that the listing exists."""
    if owns(actor, listing) or owned_before(actor, listing):
        return True
    if listing.is_suspended and not can_list_organizations(actor):
        return False
    if can_edit_listing(actor, listing):
        return True
    if kept_apart(actor, listing):
        return False
    # Not published and not before the review desk (a draft, one that a client has yet to confirm, one given up).
    if listing.published_revision_id is None and listing.state not in {"submitted", "returned"}:
        return actor.is_system
    if actor.reads_all:
        return True
    if listing.taken_down:
        return False
    return listing.published_revision_id is not None and (listing.visibility != "brokers" or listing.id in actor.opened)


def can_sign(actor: Actor, listing: OwnedListing) -> bool:
    """Whoever answers for the organization that owns the listing."""
    return owns(actor, listing) and actor.is_owner


def can_see_duplicates(actor: Actor) -> bool:
    """Near-duplicates are found in full texts, so only those who read all learn of them."""
    return actor.reads_all
