"""Commission agreements (佣金约定) of deals."""

from matchmaker.services.commissions.agreeing import agree_commission, object_to_commission, propose_commission
from matchmaker.services.commissions.reading import ShareRow
from matchmaker.services.commissions.views import CommissionView, DealCommissions, deal_commissions, my_commissions

__all__ = [
    "CommissionView",
    "DealCommissions",
    "ShareRow",
    "agree_commission",
    "deal_commissions",
    "my_commissions",
    "object_to_commission",
    "propose_commission",
]
