"""Categories, the procedure and dated figures: set here, saved through actions. Criteria are in rules.py."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from awards.actions.copying import copy_awards
from awards.actions.settings import save_setting
from awards.forms.settings import CopyForm
from awards.models import (
    AwardCategory,
    AwardPolicy,
    BaseSalary,
    EligibilityRule,
    LegalBasis,
    RewardCoefficient,
    RoundingRule,
)
from awards.queries.copying import CopiedCategory, copy_plan
from awards.wording import rule_sentence
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.records import PlanRefused
from campaigns.admin.acts import Act
from campaigns.admin.base import PortalAdmin, person
from campaigns.calendar import local_day
from campaigns.display import number, vnd
from campaigns.models import Campaign
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to


class SettingAdmin(PortalAdmin):
    """Kept by Internal Affairs; others in charge look at it."""

    view_permissions = (Permission.VIEW_PROPOSALS, Permission.VIEW_AUDIT)
    edit_permissions = (Permission.EDIT_AWARD_RULES,)

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        obj.pk = save_setting(row=obj, seen=seen, by=person(request), now=timezone.now()).pk


@admin.register(AwardCategory)
class AwardCategoryAdmin(SettingAdmin):
    """An award with its criteria in sentences; awards of an earlier campaign are copied after a look."""

    list_display = ("name", "campaign", "recipient_kind", "basis", "basis_day", "quota_total", "is_active")
    list_filter = ("campaign", "recipient_kind", "is_active")
    ordering = ("-campaign__starts_on", "position", "code")
    list_select_related = ("campaign",)
    change_form_template = "admin/awards/category.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.copy)
        return [path("sao-chep/", view, name="awards_awardcategory_copy"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = []
        if can(person(request), Permission.EDIT_AWARD_RULES):
            label = _("Copy from an earlier campaign…")
            acts.append(Act(label=str(label), url=reverse("admin:awards_awardcategory_copy"), icon="copy"))
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        category = self.get_object(request, object_id)
        extra = self._criteria(request, category) if category else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def _criteria(self, request: HttpRequest, category: AwardCategory) -> dict[str, Any]:
        today = local_day(timezone.now())
        rules = EligibilityRule.objects.filter(category=category).order_by("position", "pk")
        return {
            "criteria": [
                {
                    "url": reverse("admin:awards_eligibilityrule_change", args=[rule.pk]),
                    "sentence": rule_sentence(rule.kind, rule.params),
                    "audience": [str(one.label) for one in sorted(rule.audience)],
                    "rule": rule,
                    "state": _state(rule, today),
                }
                for rule in rules
            ],
            "add_criterion": f"{reverse('admin:awards_eligibilityrule_add')}?{urlencode({'category': category.pk})}"
            if can(person(request), Permission.EDIT_AWARD_RULES)
            else "",
            "list_url": reverse("awards:eligibility_list", args=[category.pk]),
        }

    def copy(self, request: HttpRequest) -> HttpResponse:
        """Choose two campaigns, look at what would be copied, then copy."""
        if not can(person(request), Permission.EDIT_AWARD_RULES):
            raise PermissionDenied
        campaigns = visible_to(person(request), Campaign).order_by("-starts_on", "-pk")
        form = CopyForm(request.POST or None, campaigns=campaigns)
        context: dict[str, Any] = {"form": form, "title": _("Copy awards from an earlier campaign")}
        context["back"], status = reverse("admin:awards_awardcategory_changelist"), 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                typed = form.cleaned_data
                plan = copy_plan(source=typed["source"], target=typed["target"])
                context["plan"], status = [_shown(copied) for copied in plan], 200
                context["copies"] = any(not copied.exists for copied in plan)
                if "confirm" in request.POST:
                    try:
                        copied = copy_awards(
                            source_id=typed["source"].pk,
                            target_id=typed["target"].pk,
                            by=person(request),
                            now=timezone.now(),
                            key=typed["form_key"],
                        )
                    except PlanRefused as refused:
                        context["message"], status = str(refused), 409
                    except IdempotencyMismatch as mismatch:
                        context["message"], status = mismatch.messages[0], 422
                    else:
                        words = ngettext("%(count)s award was copied.", "%(count)s awards were copied.", copied)
                        self.said(request, words % {"count": copied})
                        return redirect(context["back"])
        return self.page(request, "admin/awards/copy.html", context, status=status)


def _state(rule: EligibilityRule, today: Any) -> str:
    if rule.valid_to is not None and rule.valid_to < today:
        return "ended"
    return "to_come" if rule.valid_from is not None and rule.valid_from > today else "in_force"


def _shown(copied: CopiedCategory) -> dict[str, Any]:
    return {
        "copied": copied,
        "rules": [{"sentence": rule_sentence(one.rule.kind, one.params), "lacks": one.lacks} for one in copied.rules],
    }


@admin.register(AwardPolicy)
class AwardPolicyAdmin(SettingAdmin):
    list_display = ("campaign", "appraisal_days", "council_days", "dossier_days", "decision_days")
    ordering = ("-campaign__starts_on",)


@admin.register(BaseSalary)
class BaseSalaryAdmin(SettingAdmin):
    list_display = ("money", "valid_from", "valid_to", "source")
    ordering = ("-valid_from",)

    @admin.display(description=_("amount (đ)"))
    def money(self, obj: BaseSalary) -> str:
        return vnd(obj.amount)


@admin.register(RewardCoefficient)
class RewardCoefficientAdmin(SettingAdmin):
    list_display = ("recipient_kind", "authority", "shown", "valid_from", "valid_to", "source")
    list_filter = ("authority", "recipient_kind")
    ordering = ("authority", "recipient_kind", "-valid_from")

    @admin.display(description=_("coefficient"))
    def shown(self, obj: RewardCoefficient) -> str:
        return number(obj.coefficient)


@admin.register(RoundingRule)
class RoundingRuleAdmin(SettingAdmin):
    list_display = ("mode", "step", "valid_from", "valid_to", "source")
    ordering = ("-valid_from",)


@admin.register(LegalBasis)
class LegalBasisAdmin(SettingAdmin):
    list_display = ("title", "number", "valid_from", "valid_to", "source")
    ordering = ("position", "valid_from")
