"""The ledger: figures of the year and the rows behind them."""

from matchmaker.web.ledger import defining, pages, periods, records, targets
from matchmaker.web.ledger.amounts import init_amounts
from matchmaker.web.ledger.blueprint import blueprint

__all__ = ["blueprint", "defining", "init_amounts", "pages", "periods", "records", "targets"]
