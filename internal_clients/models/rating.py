"""What the front line thinks of those who support it, month by month."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import RaterPost
from organization.models import Department


class Rater(models.Model):
    """Somebody who speaks for a hall, a shift or a branch: one voice each month for each department dealt with."""

    staff = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("employee"), related_name="rater")
    post = models.CharField(_("post"), max_length=8, choices=RaterPost)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("rater")
        verbose_name_plural = _("raters")
        constraints: ClassVar = [models.CheckConstraint(condition=Q(post__in=RaterPost.values), name="rater_post")]

    def __str__(self) -> str:
        return str(self.staff)


class Rating(models.Model):
    """One rater's mark for one department and month; the name is shown to nobody else."""

    month = models.DateField(_("month"))
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    rater = models.ForeignKey(Rater, models.PROTECT, verbose_name=_("rater"), related_name="ratings")
    score = models.PositiveSmallIntegerField(_("mark"), choices=[(5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1")])
    facts = models.TextField(_("facts"), blank=True, help_text=_("What happened; needed for a mark of 1 or 2."))
    rated_at = models.DateTimeField(_("rated at"))

    class Meta:
        verbose_name = _("monthly rating")
        verbose_name_plural = _("monthly ratings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rater", "department", "month"], name="rating_one_voice"),
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="rating_score"),
            models.CheckConstraint(condition=Q(month__day=1), name="rating_month"),
            models.CheckConstraint(condition=Q(score__gt=2) | ~Q(facts=""), name="rating_facts"),
        ]
        indexes: ClassVar = [models.Index(fields=["month"], name="rating_month")]

    def __str__(self) -> str:
        return f"{self.department} {self.month:%Y-%m}: {self.score}"
