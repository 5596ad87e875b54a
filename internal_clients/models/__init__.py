"""The scheme's tables."""

from internal_clients.models.rating import Rater, Rating
from internal_clients.models.requirements import Milestone, Release, Requirement
from internal_clients.models.scheme import Indicator, Part, PartWeight, Scheme
from internal_clients.models.systems import AlertCause, Fault, PlannedOutage, System
from internal_clients.models.telling import KnowledgeAudit, KnowledgeEntry, Notice, Question

__all__ = [
    "AlertCause",
    "Fault",
    "Indicator",
    "KnowledgeAudit",
    "KnowledgeEntry",
    "Milestone",
    "Notice",
    "Part",
    "PartWeight",
    "PlannedOutage",
    "Question",
    "Rater",
    "Rating",
    "Release",
    "Requirement",
    "Scheme",
    "System",
]
