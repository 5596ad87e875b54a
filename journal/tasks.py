"""The outbox's jobs: sending at once, each minute what is due again, and giving back what dead workers held.

And the upkeep of all jobs.
"""

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from journal import claims, outbox

#: How long jobs are kept, in hours: those that were done, and those that failed.
KEPT_HOURS, FAILED_KEPT_HOURS = 72, 720


@app.task(name="journal.deliver")
def deliver() -> int:
    """Send what is due; deferred in the transaction that queued a message."""
    return outbox.deliver(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="journal.deliver_due", name="journal.deliver_due")
def deliver_due(timestamp: int) -> int:
    """Give back what dead workers held, and send what waited for its time."""
    claims.rescue(timezone.now())
    return outbox.deliver(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="journal.retry_stalled", name="journal.retry_stalled")
async def retry_stalled(timestamp: int) -> int:
    """Give the jobs that died with their worker to another one; return how many were left.

    Every job may be run again: it looks for what is due. Of those that are queued anew by the clock, the next one will do.
    """
    stalled = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        if job.queueing_lock:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)
    return len(stalled)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="journal.forget_old_jobs", name="journal.forget_old_jobs")
async def forget_old_jobs(timestamp: int) -> None:
    """Delete the jobs that were done days ago; those that failed stay a month, to be read."""
    await app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS)
    await app.job_manager.delete_old_jobs(nb_hours=FAILED_KEPT_HOURS, include_failed=True)
