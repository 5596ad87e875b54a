"""The complaints' tables."""

from complaints.models.alert import Alert, AlertRule, Arrival, Watch
from complaints.models.complaint import Callback, Complaint
from complaints.models.customer import Customer

__all__ = ["Alert", "AlertRule", "Arrival", "Callback", "Complaint", "Customer", "Watch"]
