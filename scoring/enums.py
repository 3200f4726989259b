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


class Cause(TextChoices):
    """Why a total is not what it was on an earlier day."""

    REPORT = "report", pgettext_lazy("cause", "New report")
    VERDICT = "verdict", pgettext_lazy("cause", "Verdict")
    CORRECTION = "correction", pgettext_lazy("cause", "Correction")
    PERIOD = "period", pgettext_lazy("cause", "The period ended: its value counts")
    DEADLINE = "deadline", pgettext_lazy("cause", "Deadline passed")
    REVISED = "revised", pgettext_lazy("cause", "Target revised")
    ADDED = "added", pgettext_lazy("cause", "Target added")
    ENDED = "ended", pgettext_lazy("cause", "Target ended")
    POINTS = "points", pgettext_lazy("cause", "Bonus and penalty points")
    WAIVER = "waiver", pgettext_lazy("cause", "Waiver")
    GATE = "gate", pgettext_lazy("cause", "Consideration for a rank")
    WEIGHTS = "weights", pgettext_lazy("cause", "Other targets weigh more or less")
    LIMIT = "limit", pgettext_lazy("cause", "Limits: cap of the reporting penalty, no total below 0")
    ROUNDING = "rounding", pgettext_lazy("cause", "Rounding")
