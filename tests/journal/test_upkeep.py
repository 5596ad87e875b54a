"""Jobs that died with their worker are given to another, and old ones are forgotten."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from journal.tasks import forget_old_jobs, retry_stalled

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id"
JOB = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id, queueing_lock)
    VALUES ('default', 'journal.deliver', '{}', %s, %s, %s) RETURNING id
"""
EVENT = "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, now() - make_interval(hours => %s))"


def awaited[R](job: Coroutine[Any, Any, R]) -> R:
    """Run a job in a loop of its own thread, since browser tests leave one running in this."""

    async def run() -> R:
        try:
            return await job
        finally:
            await sync_to_async(connections.close_all)()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run()).result()


def one(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def states() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs")
        return dict(cursor.fetchall())


@pytest.fixture(autouse=True)
def _emptied(db: None) -> Iterator[None]:
    """Not tables that a test's end empties."""
    yield
    with connection.cursor() as cursor:
        for table in ("events", "jobs", "workers"):
            cursor.execute(f"DELETE FROM procrastinate_{table}")


def test_jobs_of_a_dead_worker_are_done_by_another_and_a_live_ones_are_let_be() -> None:
    dead, alive = one(WORKER, 120), one(WORKER, 1)
    lost, clocked, working = one(JOB, "doing", dead, None), one(JOB, "doing", dead, "x"), one(JOB, "doing", alive, None)
    one(JOB, "todo", None, "x")

    assert awaited(retry_stalled.func(0)) == 2

    now = states()
    assert (now[lost], now[clocked], now[working]) == ("todo", "failed", "doing")


def test_what_was_done_is_forgotten_after_days_and_what_failed_after_a_month() -> None:
    ages = {"old": ("succeeded", 100), "fresh": ("succeeded", 10), "failed": ("failed", 100), "long failed": ("failed", 800)}
    jobs = {}
    for name, (status, hours) in ages.items():
        jobs[name] = one(JOB, status, None, None)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [jobs[name]])
            cursor.execute(EVENT, [jobs[name], status, hours])

    awaited(forget_old_jobs.func(0))

    assert states().keys() & set(jobs.values()) == {jobs["fresh"], jobs["failed"]}
