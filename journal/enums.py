"""The words of notifications that the database and the screen share."""

from enum import nonmember

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """By what a notice reaches a person outside the product; the inbox always has it."""

    SMS = "sms", _("SMS")
    EMAIL = "email", _("e-mail")
    DINGTALK = "dingtalk", _("DingTalk")
    WECOM = "wecom", _("WeCom")
    FEISHU = "feishu", _("Feishu")
    WEBHOOK = "webhook", _("webhook")

    #: Channels whose messages go to a person's own address; the others go to a group's robot or to a program.
    ADDRESSED = nonmember(tuple(settings.NOTICE_ADDRESSES))


class DeliveryState(models.TextChoices):
    """Where a message is on its way out."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed, will be tried again")
    DEAD = "dead", _("given up")
    WITHHELD = "withheld", _("withheld")

    #: What a worker may take up.
    WAITING = nonmember(("queued", "failed"))
