"""Targets: edited in preparation, afterwards revised, added and ended by dated acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.actions.plan_changes import add_target, end_target, revise_target, terms_on
from campaigns.calendar import local_day
from campaigns.display import local_date, number
from campaigns.enums import CampaignStatus
from campaigns.forms.plan import AdditionForm, EndingForm, RevisionForm
from campaigns.models import Campaign, Target
from campaigns.permissions import Permission, can
from campaigns.plan_rules import kind_problem
from campaigns.queries.setup_path import StepKey
from campaigns.visibility import visible_to
from campaigns.wording import plan_problem

from .acts import Act, ActPage, act_view
from .base import SeenForm, person
from .plan_rows import PlanRowAdmin


class TargetForm(SeenForm):
    """A target in preparation; it keeps the condition of its indicator's kind."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        indicator, goal = said.get("indicator"), said.get("goal")
        if indicator is not None and goal is not None:
            problem = kind_problem(indicator.kind, said.get("baseline"), goal, said.get("due_on"))
            if problem is not None:
                raise forms.ValidationError({problem.field: plan_problem(problem)})
        return said


@admin.register(Target)
class TargetAdmin(PlanRowAdmin):
    step = StepKey.TARGETS
    form = TargetForm
    list_display = ("indicator", "participant", "baseline_shown", "goal_shown", "due_on", "starts_on", "ends_from")
    list_filter = ("campaign", "indicator__kind")
    list_select_related = ("campaign", "indicator", "participant")
    ordering = ("campaign", "indicator__area__number", "indicator__code", "participant__code")
    search_path = "participant__unit__search_text"
    fields = ("campaign", "indicator", "participant", "baseline", "goal", "due_on", "seen")
    change_form_template = "admin/campaigns/target.html"

    @admin.display(description=gettext_lazy("Baseline"))
    def baseline_shown(self, target: Target) -> str:
        return number(target.baseline)

    @admin.display(description=gettext_lazy("Goal"))
    def goal_shown(self, target: Target) -> str:
        return number(target.goal)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("giao-bo-sung/", wrap(self.add_running), name="campaigns_target_addition"),
            path("<int:pk>/dieu-chinh/", wrap(self.revise), name="campaigns_target_revise"),
            path("<int:pk>/huy-giao/", wrap(self.end), name="campaigns_target_end"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = []
        if can(person(request), Permission.EDIT_PLAN):
            url = reverse("admin:campaigns_target_addition")
            for campaign in visible_to(person(request), Campaign).filter(status=CampaignStatus.OPEN)[:3]:
                label = _("Add a target to %(campaign)s…") % {"campaign": campaign.code}
                acts.append(Act(label=label, url=f"{url}?campaign={campaign.pk}", icon="plus-lg"))
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        revisions: Any = []
        if object_id.isdecimal() and len(object_id) < 19:
            revisions = Target.objects.filter(pk=object_id).first()
            revisions = revisions.revisions.select_related("entered_by") if revisions else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "revisions": revisions})

    def acts(self, request: HttpRequest, row: Target) -> list[Act]:
        if not (row.campaign.is_open and can(person(request), Permission.EDIT_PLAN)):
            return []
        return [
            Act(label=_("Revise…"), url=reverse("admin:campaigns_target_revise", args=[row.pk]), icon="pencil"),
            Act(label=_("End…"), url=reverse("admin:campaigns_target_end", args=[row.pk]), icon="x-lg"),
        ]

    def revise(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the target new terms from a day on."""
        target, now = self._target(request, pk), timezone.now()
        form = RevisionForm(request.POST or None, initial={"version": target.version, "effective_from": local_day(now)})
        page = ActPage(
            title=_("Revise a target"),
            lead=_("A box left empty keeps what is in force."),
            facts=self._facts(target, now),
            button=_("Revise"),
            back=reverse("admin:campaigns_target_change", args=[pk]),
            done=_("The revision has been recorded."),
        )
        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.EDIT_PLAN),
            page=page,
            form=form,
            act=lambda said: revise_target(target_id=pk, by=person(request), now=now, **said),
        )

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End the target from a day on."""
        target, now = self._target(request, pk), timezone.now()
        page = ActPage(
            title=_("End a target"),
            lead=_("From that day it is neither owed nor scored; its values stay on record."),
            facts=self._facts(target, now),
            button=_("End the target"),
            back=reverse("admin:campaigns_target_change", args=[pk]),
            done=_("The target's ending has been recorded."),
            danger=True,
        )
        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.EDIT_PLAN),
            page=page,
            form=EndingForm(request.POST or None, initial={"version": target.version, "ends_from": local_day(now)}),
            act=lambda said: end_target(target_id=pk, by=person(request), now=now, **said),
        )

    def add_running(self, request: HttpRequest) -> HttpResponse:
        """Give an indicator to a unit of an open campaign."""
        if not can(person(request), Permission.EDIT_PLAN):
            raise PermissionDenied
        asked, now = request.GET.get("campaign", ""), timezone.now()
        rows = visible_to(person(request), Campaign).filter(status=CampaignStatus.OPEN)
        campaign = rows.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else rows.first()
        if campaign is None:
            raise Http404
        page = ActPage(
            title=_("Add a target"),
            lead=campaign.name,
            button=_("Add the target"),
            back=f"{reverse('admin:campaigns_target_changelist')}?campaign__id__exact={campaign.pk}",
            done=_("The target has been added."),
        )

        def act(said: dict[str, Any]) -> None:
            indicator, participant = said.pop("indicator"), said.pop("participant")
            add_target(indicator_id=indicator.pk, participant_id=participant.pk, by=person(request), now=now, **said)

        form = AdditionForm(request.POST or None, campaign_id=campaign.pk, initial={"starts_on": local_day(now)})
        return act_view(self, request, allowed=True, page=page, form=form, act=act)

    def _target(self, request: HttpRequest, pk: int) -> Target:
        found: Target = get_object_or_404(
            self.get_queryset(request).select_related("indicator", "participant", "campaign"), pk=pk
        )
        return found

    def _facts(self, target: Target, now: Any) -> tuple[tuple[str, Any], ...]:
        terms = terms_on(target, local_day(now))
        return (
            (_("Indicator"), target.indicator),
            (_("Unit"), target.participant),
            (_("Baseline in force"), number(terms.baseline)),
            (_("Goal in force"), number(terms.goal)),
            (_("Due date in force"), local_date(terms.due_on)),
        )
