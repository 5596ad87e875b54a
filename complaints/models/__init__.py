"""The complaints' tables."""

from complaints.models.alert import Alert, AlertRule, Arrival, Watch
from complaints.models.bulletin import Bulletin, BulletinReader, BulletinRows, Subscribers
from complaints.models.complaint import Callback, Complaint
from complaints.models.customer import Customer
from complaints.models.finding import Inspection, Mark, Objection
from complaints.models.incident import Incident, IncidentLink
from complaints.models.inspection import Checklist, ChecklistItem, Draw, SamplingPlan
from complaints.models.message import CustomerMessage
from complaints.models.overhead import OverHead
from complaints.models.rollup import Rollup, RollupBefore, RollupMark, RollupSpread, RollupState

__all__ = [
    "Alert",
    "AlertRule",
    "Arrival",
    "Bulletin",
    "BulletinReader",
    "BulletinRows",
    "Callback",
    "Checklist",
    "ChecklistItem",
    "Complaint",
    "Customer",
    "CustomerMessage",
    "Draw",
    "Incident",
    "IncidentLink",
    "Inspection",
    "Mark",
    "Objection",
    "OverHead",
    "Rollup",
    "RollupBefore",
    "RollupMark",
    "RollupSpread",
    "RollupState",
    "SamplingPlan",
    "Subscribers",
    "Watch",
]
