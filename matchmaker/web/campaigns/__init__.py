"""Collection campaigns: the public call, entering, running, following, screening by the bureau."""

from matchmaker.web.campaigns import entering, following, pages, running, screening
from matchmaker.web.campaigns.blueprint import blueprint

__all__ = ["blueprint", "entering", "following", "pages", "running", "screening"]
