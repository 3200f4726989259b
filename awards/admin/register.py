"""The register of earlier awards in the administration."""

from __future__ import annotations

from django.contrib import admin

from awards.models import EarlierAward

from .settings import SettingAdmin


@admin.register(EarlierAward)
class EarlierAwardAdmin(SettingAdmin):
    list_display = ("recipient_name", "year", "title", "unit_name", "decision_number")
    list_filter = ("year", "recipient_kind")
    ordering = ("-year", "recipient_name")
    exclude = ("recipient_key", "unit_key", "entered_by")
