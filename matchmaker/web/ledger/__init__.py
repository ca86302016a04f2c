"""The ledger: figures of the year and the rows behind them."""

from matchmaker.web.ledger import pages
from matchmaker.web.ledger.amounts import init_amounts
from matchmaker.web.ledger.blueprint import blueprint

__all__ = ["blueprint", "init_amounts", "pages"]
