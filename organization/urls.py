"""Addresses of the duty roster."""

from django.urls import path

from organization import views

app_name = "organization"
urlpatterns = [
    path("", views.duties, name="duties"),
    path("<int:pk>/remove/", views.remove_duty, name="remove_duty"),
]
