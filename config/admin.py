"""The administration site: data that runs the product, edited by administrators only."""

from collections.abc import Iterable

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

#: Whose data administrators edit; what libraries would register has pages or commands of its own in the product.
EDITED = frozenset({"organization", "workorders", "complaints"})


class Site(AdminSite):
    """Django's admin behind allauth's login page."""

    site_header = site_title = _("One-point complaint administration")
    index_title = _("Data")

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin] | None = None,
        **options: object,
    ) -> None:
        """Register our own models; leave the libraries' out."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        super().register([each for each in models if each.__module__.split(".")[0] in EDITED], admin_class, **options)

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Hand the login to allauth."""
        return secure_admin_login(super().login)(request, extra_context)
