"""What the customers' pages and the complaint centre's ask for."""

from complaints.forms.bulletins import BulletinForm, ReasonForm, TextsForm, UsersForm, read_users
from complaints.forms.callbacks import CallbackForm
from complaints.forms.inspections import (
    ChecklistForm,
    ContestFindingForm,
    DecisionForm,
    InspectionForm,
    InspectorForm,
    MadeForm,
    PlanForm,
)
from complaints.forms.intake import (
    SUBJECT_LENGTH,
    CaseForm,
    IntakeForm,
    SeveralFiles,
    WordsForm,
    new_key,
    nodes_indented,
)
from complaints.forms.overhead import FaultForm, PapersForm

__all__ = [
    "SUBJECT_LENGTH",
    "BulletinForm",
    "CallbackForm",
    "CaseForm",
    "ChecklistForm",
    "ContestFindingForm",
    "DecisionForm",
    "FaultForm",
    "InspectionForm",
    "InspectorForm",
    "IntakeForm",
    "MadeForm",
    "PapersForm",
    "PlanForm",
    "ReasonForm",
    "SeveralFiles",
    "TextsForm",
    "UsersForm",
    "WordsForm",
    "new_key",
    "nodes_indented",
    "read_users",
]
