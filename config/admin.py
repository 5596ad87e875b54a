"""The administration site: data that runs the product, edited by administrators only."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class Site(AdminSite):
    """Django's admin behind allauth's login page."""

    site_header = site_title = _("One-point complaint administration")
    index_title = _("Data")

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Hand the login to allauth."""
        return secure_admin_login(super().login)(request, extra_context)
