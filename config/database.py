"""Where the database is: `DATABASE_URL`, or the PostgreSQL server that comes with the project."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
NAME = os.environ.get("DATABASE_NAME", "onepoint")


def database_settings() -> dict[str, object]:
    """Return Django's settings for the one database; raise ImproperlyConfigured for an unusable `DATABASE_URL`."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "config.embedded",
            "NAME": NAME,
            "DATA_FOLDER": Path(os.environ.get("DATABASE_FOLDER", BASE_DIR / ".data" / "postgres")),
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        message = "DATABASE_URL must look like postgres://user:password@host:5432/name"
        raise ImproperlyConfigured(message)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": True, **dict(parse_qsl(parts.query))},
        "CONN_HEALTH_CHECKS": True,
    }
