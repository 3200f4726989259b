"""Categories, criteria, the procedure and dated figures: set here, saved through actions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.actions.rules import save_rule
from awards.actions.settings import save_setting
from awards.forms.settings import RuleForm
from awards.models import (
    AwardCategory,
    AwardPolicy,
    BaseSalary,
    EarlierAward,
    EligibilityRule,
    LegalBasis,
    RewardCoefficient,
    RoundingRule,
)
from awards.wording import rule_sentence
from campaigns.admin.base import PortalAdmin, person
from campaigns.display import number, vnd
from campaigns.permissions import Permission


class SettingAdmin(PortalAdmin):
    """Kept by Internal Affairs; others in charge look at it."""

    view_permissions = (Permission.VIEW_PROPOSALS, Permission.VIEW_AUDIT)
    edit_permissions = (Permission.EDIT_AWARD_RULES,)

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        save_setting(row=obj, seen=seen, by=person(request), now=timezone.now())


@admin.register(AwardCategory)
class AwardCategoryAdmin(SettingAdmin):
    list_display = ("name", "campaign", "recipient_kind", "basis", "basis_day", "quota_total", "is_active")
    list_filter = ("campaign", "recipient_kind", "is_active")
    ordering = ("-campaign__starts_on", "position", "code")
    list_select_related = ("campaign",)


@admin.register(EligibilityRule)
class EligibilityRuleAdmin(SettingAdmin):
    """A sentence a rule; a version that was used ends when it is changed, and a new one begins."""

    form = RuleForm  # type: ignore[assignment]  # its own fields beside ``seen``
    list_display = ("sentence", "category", "for_ranked", "for_supporting", "for_individuals", "valid_from", "valid_to")
    list_filter = ("category__campaign", "category", "kind")
    ordering = ("category", "position", "pk")
    list_select_related = ("category",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return ["sentence", *RuleForm.Meta.fields]
        parts = ("category", "kind", "figure", "area", "codes", "score_class", "day")
        rest = ("for_ranked", "for_supporting", "for_individuals", "valid_from", "valid_to", "position")
        return [*parts, *rest, *(["seen"] if obj is not None else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("sentence",) if obj is not None and not self.has_change_permission(request, obj) else ()

    @admin.display(description=_("criterion"))
    def sentence(self, obj: EligibilityRule) -> str:
        return rule_sentence(obj.kind, obj.params)

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        save_rule(rule=obj, seen=seen, by=person(request), now=timezone.now())


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
    list_display = ("title", "number", "valid_from", "valid_to")
    ordering = ("position", "valid_from")


@admin.register(EarlierAward)
class EarlierAwardAdmin(SettingAdmin):
    list_display = ("recipient_name", "year", "title", "unit_name", "decision_number")
    list_filter = ("year", "recipient_kind")
    ordering = ("-year", "recipient_name")
    exclude = ("recipient_key", "entered_by")
