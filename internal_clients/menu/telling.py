"""Notices, checks of the knowledge base, questions, ratings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from internal_clients import forms, policies
from internal_clients.actions import rating, telling
from internal_clients.menu.kinds import Kind, Step, own_department, recorder
from internal_clients.models import KnowledgeAudit, Notice, Question, Rating

NOTICES = Kind(
    name="notice",
    label=_("Notices to the front line"),
    icon="speakerphone",
    model=Notice,
    rows=lambda _user: Notice.objects.select_related("department").order_by("-published_at", "-pk"),
    columns=("title", "kind", "department", "published_at", "effective_on"),
    more=("text", "publish_by", "is_regulatory", "fault", "outage", "published_by"),
    add_label=_("Publish a notice"),
    add_form=forms.NoticeForm,
    add=telling.publish_notice,
    may_add=own_department,
)
KNOWLEDGE = Kind(
    name="audit",
    label=_("Checks of the knowledge base"),
    icon="eye-check",
    model=KnowledgeAudit,
    rows=lambda _user: KnowledgeAudit.objects.select_related("article", "department", "audited_by", "confirmed_by").order_by(
        "-audited_at", "-pk"
    ),
    columns=("article", "department", "is_wrong", "audited_by", "audited_at", "confirmed_by"),
    more=("finding", "confirmed_at"),
    add_label=_("Check an article"),
    add_form=forms.AuditForm,
    add=telling.audit_article,
    may_add=policies.may_audit,
    steps=(
        Step(
            name="confirm",
            label=_("Confirm that it is wrong"),
            icon="circle-check",
            run=telling.confirm_audit,
            may=policies.may_confirm,
            fits=lambda row: row.is_wrong and row.confirmed_at is None,
        ),
    ),
    link=lambda row: reverse("knowledge:article", args=[row.article_id]),
    link_label=_("The article"),
    empty=_("Reviewers and the appraisal officer check articles each month; the share found right is the indicator E2."),
)
QUESTIONS = Kind(
    name="question",
    label=_("Questions to departments"),
    icon="help-circle",
    model=Question,
    rows=lambda _user: Question.objects.select_related("department__calendar", "asked_by").order_by("-asked_at", "-pk"),
    columns=("text", "department", "asked_by", "asked_at", "due_at", "answered_at"),
    more=("answer", "answered_by", "first_due_at", "first_answered_at", "reopened_at", "reopen_reason"),
    add_label=_("Ask a department"),
    add_form=forms.AskForm,
    add=telling.ask,
    may_add=policies.may_ask,
    steps=(
        Step(
            name="answer",
            label=_("Answer the question"),
            icon="message",
            run=telling.answer_question,
            may=recorder,
            fits=lambda row: row.answered_at is None,
            form=forms.AnswerForm,
        ),
        Step(
            name="reopen",
            label=_("It is still open"),
            icon="rotate",
            run=telling.reopen_question,
            may=lambda user, row: row.asked_by_id == user.pk,
            fits=lambda row: row.answered_at is not None and row.reopened_at is None,
            form=forms.ReasonForm,
        ),
    ),
)
RATINGS = Kind(
    name="rating",
    label=_("My monthly ratings"),
    icon="stars",
    model=Rating,
    rows=lambda user: Rating.objects.filter(rater__staff=user).select_related("department").order_by("-month", "-pk"),
    columns=("month", "department", "score", "rated_at"),
    more=("facts",),
    add_label=_("Rate a department"),
    add_form=forms.RateForm,
    add=rating.rate,
    may_add=lambda user: policies.rater_of(user) is not None,
    empty=_("Hall managers, shift leaders and branches rate the departments they deal with each month."),
)
