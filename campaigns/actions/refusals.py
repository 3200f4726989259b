"""What somebody tried and may not do, or not there and then, leaves one entry in the trail and nothing else."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.functional import Promise

from campaigns.models import Campaign, Measurement, Participant, User

from .audit import record

P = ParamSpec("P")
R = TypeVar("R")


class ActRefused(Exception):
    """The act is not possible, or not now. ``message`` says why in the reader's language, ``code`` by which rule.

    Nothing was written.
    """

    def __init__(self, message: str | Promise, code: str = "") -> None:
        self.message, self.code = str(message), code
        super().__init__(self.message)


#: Refusals that say: not here, or not now. A form filled in wrongly, or a race lost, is nobody's attempt.
ILLEGAL = frozenset(
    {
        "closed", "campaign_not_open", "verifier_first", "not_sent_yet", "not_verified",
        "wrong_status", "verdict_given", "not_due", "waiting",
    }
)  # fmt: skip


def leave_trace(
    refusal: Exception,
    *,
    act: str,
    code: str,
    subject: models.Model | None,
    by: User,
    now: dt.datetime,
    campaign: Campaign | None = None,
    participant: Participant | None = None,
) -> None:
    """Write the entry of a refused act, after its transaction was rolled back."""

    def write() -> None:
        with transaction.atomic():
            record(
                action="workflow.refused",
                subject=subject,
                by=by,
                now=now,
                campaign=campaign,
                participant=participant,
                after={"act": act, "code": code},
            )

    write()
    refusal.trace = write  # type: ignore[attr-defined]  # for leave_trace_again


def leave_trace_again(refusal: Exception) -> None:
    """Write the entry once more where it was rolled back with a transaction around the act."""
    write: Callable[[], None] | None = getattr(refusal, "trace", None)
    if write is not None:
        write()


def traced(act: Callable[P, R]) -> Callable[P, R]:
    """Let an act on a measurement, a report or a campaign leave its trace where it is refused."""

    @functools.wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return act(*args, **kwargs)
        except Exception as refusal:
            denied = isinstance(refusal, PermissionDenied)
            code = "permission_denied" if denied else getattr(refusal, "code", "")
            if denied or code in ILLEGAL:
                asked: dict[str, Any] = kwargs
                about = _about(asked)
                leave_trace(refusal, act=act.__name__, code=code, by=asked["by"], now=asked["now"], **about)
            raise

    return run


def _about(asked: dict[str, Any]) -> dict[str, Any]:
    """What the act was about, found by what it was called with."""
    if "measurement_id" in asked:
        row = Measurement.objects.select_related("target__participant__campaign", "target__indicator")
        value = row.get(pk=asked["measurement_id"])
        return {"subject": value, "participant": value.target.participant}
    if "campaign_id" in asked:
        campaign = Campaign.objects.get(pk=asked["campaign_id"])
        return {"subject": campaign, "campaign": campaign}
    return {"subject": asked["participant"], "participant": asked["participant"]}
