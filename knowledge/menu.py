"""Every step that can be taken with an article, once: who may, when, and what it asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge import policies
from knowledge.actions import keeping, writing
from knowledge.enums import ArticleState, VersionState
from knowledge.forms import NoInput, PublishForm, ReasonForm, SendBackForm
from knowledge.models import Article, Version
from organization.models import Staff

type Asked = Callable[[Staff, Article, Version | None], bool]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that can be done with an article."""

    name: str
    label: Promise
    icon: str
    run: Callable[..., Any]
    #: Whether it is this person's to do, and the article where it can be done.
    may: Asked
    form: type[forms.Form] = NoInput
    tone: str = ""
    confirm: Promise | str = ""


def _is(version: Version | None, state: str) -> bool:
    return version is not None and version.state == state


def _reviews(user: Staff, article: Article, version: Version | None) -> bool:
    return version is not None and version.state == VersionState.IN_REVIEW and policies.may_review(user, article, version)


def _gives_back(user: Staff, article: Article, version: Version | None) -> bool:
    if version is None or version.state != VersionState.IN_REVIEW:
        return False
    return policies.may_keep(user, article) or user.pk in version.writers


STEPS = (
    Step(
        name="submit",
        label=_("Hand in for review"),
        icon="send",
        run=writing.submit,
        may=lambda user, article, version: _is(version, VersionState.DRAFT) and policies.may_revise(user, article),
        tone="btn-primary",
    ),
    Step(
        name="publish",
        label=pgettext_lazy("article", "Publish"),
        icon="circle-check",
        run=keeping.publish,
        may=_reviews,
        form=PublishForm,
        tone="btn-primary",
    ),
    Step(
        name="send_back",
        label=pgettext_lazy("article", "Send back"),
        icon="arrow-back-up",
        run=keeping.send_back,
        may=_gives_back,
        form=SendBackForm,
    ),
    Step(
        name="confirm",
        label=_("Still right: 180 days more"),
        icon="calendar-check",
        run=keeping.confirm_right,
        may=lambda user, article, _version: article.state == ArticleState.PUBLISHED and policies.may_keep(user, article),
    ),
    Step(
        name="withdraw",
        label=pgettext_lazy("article", "Withdraw"),
        icon="archive",
        run=keeping.withdraw,
        may=lambda user, article, _version: article.state != ArticleState.WITHDRAWN and policies.may_withdraw(user, article),
        form=ReasonForm,
        tone="btn-outline-danger",
        confirm=_("A withdrawn article cannot be brought back. Withdraw it?"),
    ),
)


def step_named(name: str) -> Step | None:
    """Return a step by its name."""
    return next((step for step in STEPS if step.name == name), None)


def steps_for(user: Staff, article: Article, version: Version | None) -> list[Step]:
    """Return the steps that this person can take with the article now."""
    return [step for step in STEPS if step.may(user, article, version)]
