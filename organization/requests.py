"""The request as views know it: somebody is logged in, and they are one of our staff."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from organization.models import Staff


class StaffRequest(HttpRequest):
    """A request after `LoginRequiredMiddleware` and `HtmxMiddleware`."""

    user: Staff
    htmx: HtmxDetails
