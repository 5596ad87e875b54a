"""Bring the database up to date and load the demo operator with its half year; running it again changes nothing."""

import sys
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """Do in one process what would otherwise start Django three times over."""

    help = __doc__
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        """Load what is missing, and tell how long each step took."""
        if _is_behind():
            self._step("database", "migrate", verbosity=0)
        self._step("demo operator", "demo_data")
        self._step("records of the departments", "demo_scheme")

    def _step(self, label: str, command: str, **options: Any) -> None:
        self.stderr.write(f"· {label} …")
        begun = time.monotonic()
        call_command(command, stdout=self.stdout, **options)
        self.stderr.write(f"  done in {time.monotonic() - begun:.1f} s")
        sys.stdout.flush()


def _is_behind() -> bool:
    """Tell whether migrations are to be run: asking takes a moment, running none of them takes seconds."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
