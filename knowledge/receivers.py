"""What the knowledge base does when departments are merged, and what it adds to `manage.py verify`."""

import datetime as dt

from django.dispatch import receiver

from knowledge.actions.moving import move_articles
from knowledge.queries.checking import article_differences
from organization.models import Department, Staff
from workorders.rebuild import checked_too
from workorders.signals import absorbed

checked_too(article_differences)


@receiver(absorbed, dispatch_uid="knowledge.move_articles")
def on_absorbed(*, department: Department, into: Department, by: Staff, now: dt.datetime, **_named: object) -> None:
    """Let the department that took the other over answer for its articles."""
    move_articles(department=department, into=into, by=by, now=now)
