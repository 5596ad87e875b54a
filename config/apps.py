"""The project's own app (commands, system checks), and the admin site under the product's login."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ProjectConfig(AppConfig):
    """Carries the commands that start and prepare the whole product."""

    name = "config"
    default = True


class AdminConfig(admin_apps.AdminConfig):
    """Use our site class for every admin registration."""

    default = False
    default_site = "config.admin.Site"
