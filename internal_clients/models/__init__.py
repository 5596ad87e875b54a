"""The scheme's tables."""

from internal_clients.models.appeal import Appeal
from internal_clients.models.kpi import KpiFigure, KpiItem, KpiMark, KpiNode, KpiSheet
from internal_clients.models.rating import Rater, Rating
from internal_clients.models.request import InternalRequest
from internal_clients.models.requirements import Milestone, Release, Requirement
from internal_clients.models.scheme import Indicator, Part, PartWeight, Scheme
from internal_clients.models.score import (
    Evidence,
    PartScore,
    Period,
    Sanction,
    Scorecard,
    ScoreItem,
    ScoreLine,
    ScoreRun,
)
from internal_clients.models.survey import Survey, SurveyMark, SurveyQuestion, SurveySheet
from internal_clients.models.systems import AlertCause, Fault, PlannedOutage, System
from internal_clients.models.telling import KnowledgeAudit, Notice, Question

__all__ = [
    "AlertCause",
    "Appeal",
    "Evidence",
    "Fault",
    "Indicator",
    "InternalRequest",
    "KnowledgeAudit",
    "KpiFigure",
    "KpiItem",
    "KpiMark",
    "KpiNode",
    "KpiSheet",
    "Milestone",
    "Notice",
    "Part",
    "PartScore",
    "PartWeight",
    "Period",
    "PlannedOutage",
    "Question",
    "Rater",
    "Rating",
    "Release",
    "Requirement",
    "Sanction",
    "Scheme",
    "ScoreItem",
    "ScoreLine",
    "ScoreRun",
    "Scorecard",
    "Survey",
    "SurveyMark",
    "SurveyQuestion",
    "SurveySheet",
    "System",
]
