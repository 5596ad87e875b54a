"""The complaints' tables."""

from complaints.models.complaint import Callback, Complaint
from complaints.models.customer import Customer
from complaints.models.rollup import Rollup, RollupBefore, RollupMark, RollupSpread, RollupState

__all__ = ["Callback", "Complaint", "Customer", "Rollup", "RollupBefore", "RollupMark", "RollupSpread", "RollupState"]
