"""The ledger (行动台账): the year's promises, each figure counted from the platform's own records."""

from matchmaker.services.ledger.figures import Figure, figure, figures
from matchmaker.services.ledger.rows import RowsPage, chosen_rows, rows
from matchmaker.services.ledger.rules import Row

__all__ = ["Figure", "Row", "RowsPage", "chosen_rows", "figure", "figures", "rows"]
