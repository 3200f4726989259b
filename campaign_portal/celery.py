"""The worker application and the whole timetable.

The database is the queue of record: a message only wakes a worker, and the sweeper finds
whatever a lost message or a killed worker left undone. So a message is never precious, and
two beats or a repeated message do no harm: every task claims its row before it acts.
"""

import os
from pathlib import Path

from celery import Celery
from celery.schedules import crontab
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign_portal.settings")

# A worker that loses its broker would give unfinished messages back over the lost connection, and end by that error.
# They are bells only: those in hand ring again after the visibility timeout; the sweep has done the work by then.
redis.Channel.do_restore = False

app = Celery("campaign_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

#: Times are local (CELERY_TIMEZONE, Asia/Ho_Chi_Minh).
app.conf.beat_schedule = {
    # scores the local day that has ended, for every campaign not yet closed, then eligibility
    "nightly": {"task": "scoring.tasks.nightly", "schedule": crontab(minute=15, hour=0)},
    # hashes all stored evidence again and tells of what is missing or changed
    "scan-evidence": {"task": "campaigns.tasks.scan_evidence", "schedule": crontab(minute=30, hour=2)},
    # one message a person about reports that are due, on working days (DIGEST_AT says the same to people)
    "reminders": {"task": "campaigns.tasks.send_reminders", "schedule": crontab(minute=30, hour=7)},
    # finishes what was interrupted; a message older than the next sweep is worth nothing
    "sweep-outbox": {"task": "campaigns.tasks.sweep_outbox", "schedule": 30.0, "options": {"expires": 30}},
}


@app.on_after_configure.connect
def make_folders(sender: Celery, **_kwargs: object) -> None:
    """Create the folder of the timetable and those of the filesystem broker: neither is made by its library."""
    Path(sender.conf.beat_schedule_filename).parent.mkdir(parents=True, exist_ok=True)
    options = sender.conf.broker_transport_options or {}
    for name in ("data_folder_in", "control_folder", "processed_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)
