"""The one settings module; every deployment difference comes from the environment (see docs/reference/settings.md)."""

import datetime as dt
import os
from pathlib import Path

import django_stubs_ext
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config.database import database_settings

# Makes Django's generic classes (ModelAdmin[Ticket]) subscriptable at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent


def envbool(name: str, *, default: bool) -> bool:
    """Read a yes/no setting: 1, true, yes and on are yes."""
    value = os.environ.get(name, "")
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def envlist(name: str, *, default: str) -> list[str]:
    """Read a comma-separated setting."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DEBUG = envbool("DEBUG", default=False)
# A key of its own in production; `manage.py check --deploy` refuses this one.
SECRET_KEY = os.environ.get("SECRET_KEY", "django-insecure-only-for-the-demo-on-this-computer")
# Old keys, after a change: gateways' addresses sealed with one of them stay readable.
SECRET_KEY_FALLBACKS = envlist("SECRET_KEY_FALLBACKS", default="")
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", default="127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS", default="")

INSTALLED_APPS = [
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_fsm",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
    "rest_framework.authtoken",
    "config",
    "foundation",
    "journal",
    "organization",
    "workorders",
    "knowledge",
    "complaints",
    "internal_clients",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "organization.middleware.PresenceMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "foundation.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["foundation.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "foundation.forms.TablerRenderer"

#: Where `real_data` and the tests find files that other people's systems wrote.
REAL_DATA = Path(os.environ.get("REAL_DATA", BASE_DIR.parent / "shared" / "data"))

DATABASES = {"default": database_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organization.Staff"
AUTHENTICATION_BACKENDS = ["organization.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "config.accounts.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / ".data" / "static"))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/tabler", BASE_DIR / "node_modules" / "@tabler" / "core" / "dist"),
    ("vendor/icons", BASE_DIR / "node_modules" / "@tabler" / "icons-webfont" / "dist"),
    ("vendor/echarts", BASE_DIR / "node_modules" / "echarts" / "dist"),
]
# Without a collected folder the files are served from where they lie, as in the demo.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = "STATIC_ROOT" not in os.environ

# What PDFs are set in; embedded in each, so that readers need no Chinese font.
PRINT_FONTS = [BASE_DIR / "node_modules" / "@expo-google-fonts" / "noto-sans-sc" / weight for weight in ("400Regular", "700Bold")]

# Attachments live outside every served folder; only the view that asks the policy reads them.
MEDIA_ROOT = Path(os.environ.get("ATTACHMENTS_ROOT", BASE_DIR / ".data" / "attachments"))
ATTACHMENT_MAX_BYTES = int(os.environ.get("ATTACHMENT_MAX_BYTES", str(20 * 1024 * 1024)))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if envbool("BEHIND_PROXY", default=False) else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = envbool("HTTPS_ONLY", default=False)
SECURE_SSL_REDIRECT = envbool("HTTPS_ONLY", default=False)
SECURE_HSTS_SECONDS = int(os.environ.get("HSTS_SECONDS", "0"))

MAILERS = {
    "default": {"BACKEND": os.environ.get("MAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")},
}

# Notices. The modules declare KINDS and say who may still read what; the addresses are fields of the user model.
NOTICE_MODULES = ["workorders.notices", "knowledge.notices", "complaints.notices", "internal_clients.notices"]
NOTICE_ADDRESSES = {"sms": "phone", "email": "email"}
NOTICE_QUIET_HOURS = (dt.time(22), dt.time(7))
# At most so many messages an hour to one person through one channel; what is more waits and comes as one digest.
NOTICE_HOURLY_LIMIT = int(os.environ.get("NOTICE_HOURLY_LIMIT", "20"))
# The address that links in messages start with, e.g. https://tickets.example.com; without it messages have no links.
SITE_ADDRESS = os.environ.get("SITE_ADDRESS", "").rstrip("/")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "foundation.pagination.NewestFirst",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "foundation.schema.Schema",
    "EXCEPTION_HANDLER": "foundation.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "One-point complaint API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "TicketState": "workorders.enums.TicketState",
        "OrderState": "workorders.enums.OrderState",
        "Channel": "workorders.enums.Channel",
        "Urgency": "workorders.enums.Urgency",
        "Tier": "workorders.enums.Tier",
        "CallbackOutcome": "complaints.enums.CallbackOutcome",
        "ItemKind": "internal_clients.enums.ItemKind",
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["workorders.api.spell_actions_out"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
