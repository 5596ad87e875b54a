"""The complaints' tables."""

from complaints.models.complaint import Callback, Complaint
from complaints.models.customer import Customer

__all__ = ["Callback", "Complaint", "Customer"]
