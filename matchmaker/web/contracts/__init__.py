"""Technology contracts: the list, the form, one contract, and the desk that registers it."""

from matchmaker.web.contracts import filling, judging, notes, pages, payments
from matchmaker.web.contracts.blueprint import blueprint

__all__ = ["blueprint", "filling", "judging", "notes", "pages", "payments"]
