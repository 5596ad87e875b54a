"""The work orders' tables."""

from workorders.models.attachment import Attachment
from workorders.models.category import Category, Route, RouteAssist
from workorders.models.change import LimitChange, LimitEdit
from workorders.models.clock import Clock
from workorders.models.extension import Extension
from workorders.models.hold import Hold, ReturnRequest
from workorders.models.ladder import Ladder, LadderFault, LadderStep, StepFired
from workorders.models.order import WorkOrder
from workorders.models.policy import OlaRule, SlaRule
from workorders.models.search import SearchEntry
from workorders.models.supervision import Supervision
from workorders.models.ticket import Ticket

__all__ = [
    "Attachment",
    "Category",
    "Clock",
    "Extension",
    "Hold",
    "Ladder",
    "LadderFault",
    "LadderStep",
    "LimitChange",
    "LimitEdit",
    "OlaRule",
    "ReturnRequest",
    "Route",
    "RouteAssist",
    "SearchEntry",
    "SlaRule",
    "StepFired",
    "Supervision",
    "Ticket",
    "WorkOrder",
]
