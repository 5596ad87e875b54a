"""A worker process for the crash test: climbs ladders until somebody kills it. Imported by the fork server, once."""

import datetime as dt
from typing import Any

import django

django.setup()


def climb(database: dict[str, Any], seconds: Any, ready: Any, limit: int) -> None:
    """Do what the worker's tasks do, over and over, at the time that the test says it is."""
    from django.db import connections

    from workorders.actions.escalating import fire_due
    from workorders.actions.supervising import judge_late_reports

    connections.settings["default"].update(database)
    connections["default"] = connections.create_connection("default")
    connections["default"].ensure_connection()
    ready.value = 1
    while True:
        now = dt.datetime.fromtimestamp(seconds.value, dt.UTC)
        fire_due(now=now, limit=limit)
        judge_late_reports(now=now, limit=limit)
