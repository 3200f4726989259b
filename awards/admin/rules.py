"""A criterion composed in the administration: its sentence as it is typed, who would be eligible, its versions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.actions.rules import save_rule
from awards.forms.settings import PREVIEW, RuleForm, asked_parts
from awards.models import EligibilityRule
from awards.queries.preview import preview_of
from awards.wording import rule_sentence
from campaigns.admin.base import person
from campaigns.calendar import local_day
from campaigns.permissions import Permission, can

from .settings import SettingAdmin


@admin.register(EligibilityRule)
class EligibilityRuleAdmin(SettingAdmin):
    """A sentence a rule; a version that was used ends when it is changed, and a new one begins."""

    form = RuleForm  # type: ignore[assignment]  # its own fields beside ``seen``
    list_display = ("sentence", "category", "for_ranked", "for_supporting", "for_individuals", "valid_from", "valid_to")
    list_filter = ("category__campaign", "category", "kind")
    ordering = ("category", "position", "pk")
    list_select_related = ("category",)
    change_form_template = "admin/awards/rule.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.compose)
        return [path("cau/", view, name="awards_eligibilityrule_sentence"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return ["sentence", *RuleForm.Meta.fields]
        parts = ("category", "kind", "figure", "area", "codes", "score_class", "day")
        rest = ("for_ranked", "for_supporting", "for_individuals", "valid_from", "valid_to", "position")
        return [*parts, *rest]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("sentence",) if obj is not None and not self.has_change_permission(request, obj) else ()

    @admin.display(description=_("criterion"))
    def sentence(self, obj: EligibilityRule) -> str:
        return rule_sentence(obj.kind, obj.params)

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        obj.pk = save_rule(rule=obj, seen=seen, by=person(request), now=timezone.now()).pk

    def compose(self, request: HttpRequest) -> HttpResponse:
        """The sentence of what is typed so far, or what is still missing; nothing is kept."""
        if not can(person(request), Permission.EDIT_AWARD_RULES):
            raise PermissionDenied
        return render(request, "admin/awards/_sentence.html", {"form": RuleForm(request.POST)})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form, rule = context["adminform"].form, context.get("original")
        context["rule_form"], context["asked_parts"] = form, asked_parts()
        context["may_preview"] = can(person(request), Permission.EDIT_AWARD_RULES)
        if PREVIEW in request.POST and form.is_bound and not form.errors:
            stored = EligibilityRule.objects.get(pk=rule.pk) if rule else None
            context["previewed"] = True
            context["preview"] = preview_of(rule=form.instance, stored=stored, today=local_day(timezone.now()))
        if rule is not None:
            context["versions"] = _versions(rule)
        return super().render_change_form(request, context, *args, **kwargs)


def _versions(rule: EligibilityRule) -> list[dict[str, Any]]:
    """Return the versions before and after a rule, the newest first, by following who replaces whom."""
    rows = EligibilityRule.objects.filter(category=rule.category_id).select_related("created_by").order_by("pk")
    by_pk = {row.pk: row for row in rows}
    follows = {row.replaces_id: row.pk for row in by_pk.values() if row.replaces_id}
    first = by_pk[rule.pk]
    while first.replaces_id is not None and first.replaces_id in by_pk:
        first = by_pk[first.replaces_id]
    chain = [first.pk]
    while chain[-1] in follows:
        chain.append(follows[chain[-1]])
    return [{"row": by_pk[pk], "sentence": rule_sentence(by_pk[pk].kind, by_pk[pk].params)} for pk in reversed(chain)]
