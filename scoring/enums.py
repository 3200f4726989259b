"""Fixed vocabularies of scoring. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Basis(TextChoices):
    """On which values a score stands: what counts, or what was sent so far."""

    OFFICIAL = "official", pgettext_lazy("basis", "Official")
    PROVISIONAL = "provisional", pgettext_lazy("basis", "Provisional")


class ScoreClass(TextChoices):
    """ "Xếp loại phong trào": the campaign's four classes, on the total."""

    EXCELLENT = "excellent", _("Completed with excellence")
    GOOD = "good", _("Completed well")
    COMPLETED = "completed", pgettext_lazy("class", "Completed")
    NOT_COMPLETED = "not_completed", _("Not completed")


class RunTrigger(TextChoices):
    """Why a run was made."""

    NIGHTLY = "nightly", pgettext_lazy("run", "Nightly")
    MANUAL = "manual", pgettext_lazy("run", "On request")
    EVENT = "event", pgettext_lazy("run", "After a submission or verdict")
    FINAL = "final", pgettext_lazy("run", "Final")


class RunStatus(TextChoices):
    """Life of a run."""

    QUEUED = "queued", pgettext_lazy("run", "Queued")
    RUNNING = "running", pgettext_lazy("run", "Running")
    DONE = "done", pgettext_lazy("run", "Done")
    FAILED = "failed", pgettext_lazy("run", "Failed")


class Pace(TextChoices):
    """Where a target stands against the days that have passed; shown, never scored."""

    ON_TRACK = "on_track", pgettext_lazy("pace", "On track")
    AT_RISK = "at_risk", pgettext_lazy("pace", "At risk")
    BEHIND = "behind", pgettext_lazy("pace", "Behind")
    NO_DATA = "no_data", pgettext_lazy("pace", "Not reported")
    WITHIN_LIMIT = "within_limit", pgettext_lazy("pace", "Within the limit")
    OVER_LIMIT = "over_limit", pgettext_lazy("pace", "Over the limit")
