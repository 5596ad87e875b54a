"""Every test database is a copy of a template, which is migrated once for each state of the migrations."""

import hashlib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "migrated_"
#: Held while the template is made: of several workers one makes it, the others wait for it.
LOCK = 20261126

#: A large test that rolls back leaves dead rows; vacuumed, its tables would count as empty, and the planner would look for
#: the next test's rows through any index that has the column somewhere.
NO_VACUUM = """
DO $$ DECLARE name regclass; BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', name);
    END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


def migrated_template() -> str:
    """Return the name of a database in which every migration of the code as it stands has run, making it where there is none."""
    name = PREFIX + _state()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        found = {row[0] for row in cursor.fetchall()}
        for old in found - {name}:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(old)}")
        if name not in found:
            unfinished = f"{PREFIX}unfinished"
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(unfinished)}")
            _migrate(unfinished)
            cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(unfinished)} RENAME TO {connection.ops.quote_name(name)}")
    return name


def _state() -> str:
    """Return a digest of what decides the schema: our migrations, the triggers' models, and the packages with migrations of theirs."""
    files = [
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("*/models/*.py"),
        *ROOT.glob("*/rollups/*.py"),
        *ROOT.glob("*/searching/*.py"),
        *ROOT.glob("*/indexing.py"),
        ROOT / "uv.lock",
        Path(__file__),
    ]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(database: str) -> None:
    usual = connection.settings_dict["NAME"]
    _connect_to(database)
    try:
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(NO_VACUUM)
    finally:
        _connect_to(usual)


def _connect_to(database: str) -> None:
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()
    connection.settings_dict["NAME"] = database
