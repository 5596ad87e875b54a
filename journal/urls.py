"""Addresses of notices."""

from django.urls import path

from journal.views import gateways, inbox, letters, preferences, templates

TEXT = "notices/texts/<str:kind>/<slug:channel>/<slug:language>/"

app_name = "journal"
urlpatterns = [
    path("notices/", inbox.inbox, name="inbox"),
    path("notices/unread/", inbox.unread, name="unread"),
    path("notices/read/", inbox.read_all, name="read_all"),
    path("notices/<int:pk>/", inbox.notice, name="notice"),
    path("me/notices/", preferences.preferences, name="preferences"),
    path("notices/outbox/", letters.letters, name="letters"),
    path("notices/outbox/resend/", letters.resend_every, name="resend_all"),
    path("notices/outbox/<int:pk>/resend/", letters.resend_one, name="resend"),
    path("notices/gateways/", gateways.gateways, name="gateways"),
    path("notices/gateways/new/", gateways.gateway, name="gateway_new"),
    path("notices/gateways/<int:pk>/", gateways.gateway, name="gateway"),
    path("notices/gateways/<int:pk>/try/", gateways.try_gateway, name="gateway_try"),
    path("notices/texts/", templates.templates, name="templates"),
    path(TEXT, templates.template, name="template"),
    path(f"{TEXT}preview/", templates.preview, name="template_preview"),
    path(f"{TEXT}reset/", templates.reset, name="template_reset"),
]
