"""Papers drafted from the records: a contract's text before it is signed, the agreement and minutes of a deal."""

from matchmaker.domain.contracts import Contract
from matchmaker.domain.papers import DEAL_PAPERS
from matchmaker.services.papers.drafting import draft_contract, draft_for_deal
from synthetic.story import Person, Story

CONTRACTS, DEALS = 0.25, 0.1


def draft(story: Story, contract: Contract, owner: Person) -> None:
    """Let a broker draft the text of some contracts, and a paper of some deals, as the site does: read and let go."""
    data, city = story.settings.data, story.settings.city
    if contract.kind and story.random.random() < CONTRACTS:
        draft_contract(story.session, story.actor(owner), data, city, contract.id, contract.kind)
        story.counts["papers drafted"] += 1
    if story.random.random() < DEALS:
        kind = story.random.choice(DEAL_PAPERS)
        draft_for_deal(story.session, story.actor(owner), data, city, contract.deal_id, kind)
        story.counts["papers drafted"] += 1
