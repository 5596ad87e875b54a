"""The ways out, for administrators."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foundation.errors import Invalid
from journal.actions.running import keep_gateway, test_gateway
from journal.forms import SCHEMES, GatewayForm, TryForm
from journal.models import Gateway
from journal.texts import Text
from journal.views.access import administrators


@require_GET
@administrators
def gateways(request: HttpRequest) -> HttpResponse:
    """List the gateways with how they fare."""
    rows = Gateway.objects.order_by("channel", "name")
    return render(request, "journal/gateways.html", {"rows": rows, "now": timezone.now()})


@administrators
def gateway(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show and keep one gateway."""
    own = None if pk is None else _found(pk)
    form = GatewayForm(request.POST or None, gateway=own)
    if request.method == "POST" and form.is_valid():
        kept = keep_gateway(gateway=own, **form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("The gateway is kept. Send a test message to see that it works."))
        return redirect("journal:gateway", kept.pk)
    return _page(request, own, form, TryForm(), status=422 if request.method == "POST" else 200)


@require_POST
@administrators
def try_gateway(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test message."""
    own, form = _found(pk), TryForm(request.POST)
    if not form.is_valid():
        return _page(request, own, GatewayForm(gateway=own), form, status=422)
    text = Text(_("Test message"), _("This is a test message of the complaint system. If you read it, the gateway works."))
    try:
        reference = test_gateway(gateway=own, to=form.cleaned_data["to"], text=text, by=request.user, now=timezone.now())
    except Invalid as error:
        form.add_error("to", str(error.detail))
        return _page(request, own, GatewayForm(gateway=own), form, status=422)
    messages.success(request, _("The gateway took the message. %(reference)s") % {"reference": reference})
    return redirect("journal:gateway", own.pk)


def _found(pk: int) -> Gateway:
    own = Gateway.objects.filter(pk=pk).first()
    if own is None:
        raise Http404
    return own


def _page(request: HttpRequest, own: Gateway | None, form: GatewayForm, attempt: TryForm, *, status: int) -> HttpResponse:
    examples = [example for schemes in SCHEMES.values() for example in schemes.values() if example]
    context = {"gateway": own, "form": form, "attempt": attempt, "examples": examples}
    return render(request, "journal/gateway.html", context, status=status)
