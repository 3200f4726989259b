"""The set-up of a campaign as a visible path: the steps above every page of it, each with its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from campaigns.models import Campaign
from campaigns.queries.readiness import Finding
from campaigns.queries.setup_path import Step, StepKey, StepState, setup_path, step_of


@dataclass(frozen=True)
class PathStep:
    """A step with the page on which it is done."""

    step: Step
    url: str
    is_here: bool  # the page that is being looked at


def step_url(key: StepKey, campaign: Campaign) -> str:
    """Return the page on which a step of the campaign's set-up is done."""
    pages = {
        StepKey.CAMPAIGN: "campaign_change",
        StepKey.TARGETS: "campaign_targets",
        StepKey.CALENDAR: "campaign_calendar",
        StepKey.CHECK: "campaign_check",
        StepKey.OPEN: "campaign_check",
    }
    if key in pages:
        return reverse(f"admin:campaigns_{pages[key]}", args=[campaign.pk])
    lists = {StepKey.AREAS: "area", StepKey.UNITS: "participant", StepKey.INDICATORS: "indicator"}
    return f"{reverse(f'admin:campaigns_{lists[key]}_changelist')}?campaign__id__exact={campaign.pk}"


def path_of(
    campaign: Campaign, here: StepKey | None = None, findings: Sequence[Finding] | None = None
) -> list[PathStep]:
    """Return the steps for the path above a page; ``here`` names the step the page belongs to."""
    return [PathStep(step, step_url(step.key, campaign), step.key is here) for step in setup_path(campaign, findings)]


def next_step(steps: Sequence[PathStep]) -> PathStep | None:
    """Return the first step that is not done."""
    return next((row for row in steps if row.step.state is not StepState.DONE), None)


@dataclass(frozen=True)
class ShownFinding:
    """A finding of the readiness check with the page on which it is mended."""

    finding: Finding
    url: str

    @property
    def code(self) -> str:
        return self.finding.code

    def __str__(self) -> str:
        return str(self.finding)


def shown(findings: Sequence[Finding], campaign: Campaign) -> list[ShownFinding]:
    """Return the findings with their pages."""
    return [ShownFinding(finding, step_url(step_of(finding), campaign)) for finding in findings]
