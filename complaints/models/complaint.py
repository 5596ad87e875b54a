"""What only a customer's complaint has, beside its ticket."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import CallbackOutcome, Satisfaction
from complaints.models.customer import Customer
from workorders.models import Ticket


class Complaint(models.Model):
    """A customer's complaint, one-to-one with the ticket that handles it."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, primary_key=True, verbose_name=_("ticket"), related_name="complaint")
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="complaints")
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=32)
    place = models.CharField(_("place"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    #: The same customer's earlier complaint of the same category, 1 hour to 30 days before (重复投诉).
    repeat_of = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("repeat of"),
        null=True,
        blank=True,
        related_name="repeats",
    )
    #: The customer was still dissatisfied after two rounds: for the joint meeting's list (联席会).
    for_joint_meeting = models.BooleanField(_("for the joint meeting"), default=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes: ClassVar = [models.Index(fields=["customer", "-ticket"], name="complaint_customer")]

    def __str__(self) -> str:
        return str(self.ticket)


class Callback(models.Model):
    """One attempt to ask the customer whether the answer helped (回访)."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, verbose_name=_("complaint"), related_name="callbacks")
    #: The ticket's round that is asked about; a customer is surveyed once a round.
    round = models.PositiveSmallIntegerField(_("round"))
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=CallbackOutcome)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), choices=Satisfaction, null=True, blank=True)
    solved = models.BooleanField(_("solved"), null=True, blank=True)
    remark = models.TextField(_("what the customer said"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "round", "attempt"], name="callback_attempt"),
            models.UniqueConstraint(
                fields=["complaint", "round"],
                name="callback_one_answer",
                condition=Q(outcome=CallbackOutcome.REACHED),
            ),
            models.CheckConstraint(condition=Q(outcome__in=CallbackOutcome.values), name="callback_outcome"),
            models.CheckConstraint(
                condition=Q(outcome=CallbackOutcome.REACHED, satisfaction__range=(1, 5), solved__isnull=False)
                | (~Q(outcome=CallbackOutcome.REACHED) & Q(satisfaction=None, solved=None)),
                name="callback_answers",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="callback_at")]

    def __str__(self) -> str:
        return f"{self.complaint} {self.round}/{self.attempt}"
