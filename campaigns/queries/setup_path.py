"""The way from a new campaign to an open one: its steps in order, with how far each has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.display import number
from campaigns.enums import CampaignStatus
from campaigns.models import Campaign

from .plan_counts import plan_counts
from .readiness import Code, Finding, Severity, readiness


class StepKey(StrEnum):
    """A step of the set-up, in the order of the work."""

    CAMPAIGN = "campaign"
    AREAS = "areas"
    UNITS = "units"
    INDICATORS = "indicators"
    TARGETS = "targets"
    CALENDAR = "calendar"
    CHECK = "check"
    OPEN = "open"


class StepState(StrEnum):
    """How far a step has come; the words of the component ``steps``."""

    DONE = "done"
    CURRENT = "current"  # the first one that is not done
    BAD = "bad"  # begun, and something in it blocks the opening
    TO_COME = "to_come"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as it stands."""

    key: StepKey
    label: str
    note: str  # what there is, in figures
    state: StepState
    findings: Sequence[Finding] = field(default=())


#: Where what the readiness check finds is mended.
STEP_OF: dict[Code, StepKey] = {
    Code.NO_ACTIVE_AREA: StepKey.AREAS,
    Code.AREA_WITHOUT_INDICATORS: StepKey.INDICATORS,
    Code.BLOC_EMPTY: StepKey.UNITS,
    Code.BLOC_OF_ONE: StepKey.UNITS,
    Code.INDICATOR_IN_INACTIVE_AREA: StepKey.INDICATORS,
    Code.NO_TARGET: StepKey.TARGETS,
    Code.RULE_BROKEN: StepKey.TARGETS,
    Code.INDICATOR_WITHOUT_TARGETS: StepKey.TARGETS,
    Code.UNIT_WITHOUT_TARGETS: StepKey.TARGETS,
    Code.BASELINES_FOR_SOME: StepKey.TARGETS,
    Code.GOAL_NEAR_BASELINE: StepKey.TARGETS,
    Code.DUE_OUTSIDE_CAMPAIGN: StepKey.TARGETS,
    Code.NO_PERIOD: StepKey.CALENDAR,
    Code.PERIOD_GAP: StepKey.CALENDAR,
    Code.PERIOD_OVERLAP: StepKey.CALENDAR,
    Code.CALENDAR_STARTS_LATE: StepKey.CALENDAR,
    Code.CALENDAR_ENDS_EARLY: StepKey.CALENDAR,
    Code.PERIOD_AFTER_END: StepKey.CALENDAR,
    Code.DUE_BEFORE_PERIOD_ENDS: StepKey.CALENDAR,
    Code.CLOSING_BEFORE_LAST_DUE: StepKey.CAMPAIGN,
}


def step_of(finding: Finding) -> StepKey:
    """Return the step in which a finding is mended."""
    return STEP_OF.get(finding.code, StepKey.CAMPAIGN)


def setup_path(campaign: Campaign, findings: Sequence[Finding] | None = None) -> list[Step]:
    """Return the steps of the campaign's set-up; ``findings`` are the readiness check's where it was asked before."""
    found = readiness(campaign) if findings is None else findings
    by_step: dict[StepKey, list[Finding]] = {key: [] for key in StepKey}
    for finding in found:
        by_step[step_of(finding)].append(finding)
    blocking = [finding for finding in found if finding.severity is Severity.BLOCKS]
    is_open = campaign.status != CampaignStatus.PREPARATION
    raw = [
        *_plan_steps(campaign, by_step),
        (StepKey.CHECK, _("Readiness check"), _checked(found), bool(is_open or not blocking), bool(blocking)),
        (StepKey.OPEN, _("Opening"), campaign.get_status_display(), is_open, False),
    ]
    return _with_states(raw, by_step)


RawStep = tuple[StepKey, str, str, bool, bool]  # key, label, note, has something, is stopped by something


def _plan_steps(campaign: Campaign, by_step: dict[StepKey, list[Finding]]) -> list[RawStep]:
    weight = sum(campaign.areas.filter(is_active=True).values_list("weight", flat=True))
    counts = plan_counts(campaign)

    def stopped(key: StepKey) -> bool:
        return any(finding.severity is Severity.BLOCKS for finding in by_step[key])

    return [
        (StepKey.CAMPAIGN, _("The campaign"), campaign.plan_number or _("no plan number yet"), True, False),
        (
            StepKey.AREAS,
            _("Content areas"),
            _("%(count)d in use, weights %(weight)s") % {"count": counts.areas_in_use, "weight": number(weight)},
            bool(counts.areas_in_use),
            False,
        ),
        (
            StepKey.UNITS,
            _("Units and blocs"),
            _("%(units)d ranked, %(others)d others, %(blocs)d blocs")
            % {"units": counts.competing, "others": counts.participant - counts.competing, "blocs": counts.bloc},
            bool(counts.competing),
            False,
        ),
        (
            StepKey.INDICATORS,
            _("Indicators"),
            ngettext("%(count)d in use", "%(count)d in use", counts.indicators_in_use)
            % {"count": counts.indicators_in_use},
            bool(counts.indicators_in_use),
            False,
        ),
        (
            StepKey.TARGETS,
            _("Targets"),
            ngettext("%(count)d given", "%(count)d given", counts.target) % {"count": counts.target},
            bool(counts.target),
            bool(counts.target) and stopped(StepKey.TARGETS),
        ),
        (
            StepKey.CALENDAR,
            _("Calendar"),
            ngettext("%(count)d period", "%(count)d periods", counts.period) % {"count": counts.period},
            bool(counts.period),
            bool(counts.period) and stopped(StepKey.CALENDAR),
        ),
    ]


def _checked(findings: Iterable[Finding]) -> str:
    blocks = sum(finding.severity is Severity.BLOCKS for finding in findings)
    odd = sum(finding.severity is Severity.ODD for finding in findings)
    return _("%(blocks)d to mend, %(odd)d to confirm") % {"blocks": blocks, "odd": odd}


def _with_states(raw: Sequence[RawStep], by_step: dict[StepKey, list[Finding]]) -> list[Step]:
    steps, now_at = [], False
    for key, label, note, has_some, stopped in raw:
        # The check repeats what other steps say; it is stopped only once nothing else is to be done before it.
        if has_some and not stopped:
            state = StepState.DONE
        elif stopped and key is not StepKey.CHECK:
            state = StepState.BAD
        else:
            state = StepState.TO_COME if now_at else StepState.CURRENT
        now_at = now_at or state is not StepState.DONE
        steps.append(Step(key=key, label=label, note=note, state=state, findings=by_step[key]))
    return steps
