"""Units, the organiser, public holidays and announcements."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from campaigns.actions.registers import may_keep, remove_holiday, save_register_row
from campaigns.models import Announcement, Holiday, Organiser, Unit
from campaigns.permissions import Permission

from .base import PortalAdmin, person


class RegisterAdmin(PortalAdmin):
    """A register is kept by whoever ``registers.KEEPERS`` names."""

    view_permissions: tuple[Permission, ...] = (Permission.VIEW_ALL_UNITS, Permission.MANAGE_ACCOUNTS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_keep(person(request), self.model)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_keep(person(request), self.model)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or may_keep(person(request), self.model)

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        save_register_row(row=obj, seen=seen, by=person(request), now=timezone.now())


@admin.register(Unit)
class UnitAdmin(RegisterAdmin):
    list_display = ("name", "code", "kind", "valid_from", "valid_to")
    list_filter = ("kind",)
    ordering = ("sort_key", "code")
    search_path = "search_text"
    fields = ("code", "name", "kind", "valid_from", "valid_to", "successor", "seen")


@admin.register(Organiser)
class OrganiserAdmin(RegisterAdmin):
    """The one row of the installation; the administrator's."""

    list_display = ("name", "short_name", "level")
    view_permissions = (Permission.MANAGE_ACCOUNTS, Permission.EDIT_PLAN, Permission.VIEW_AUDIT)
    exclude = ("is_sample",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Organiser.objects.exists()

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        obj.pk = obj.pk or 1
        super().save_row(request, obj, seen)


@admin.register(Holiday)
class HolidayAdmin(RegisterAdmin):
    list_display = ("day", "name")
    ordering = ("-day",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_keep(person(request), Holiday)

    def delete_model(self, request: HttpRequest, obj: Holiday) -> None:
        remove_holiday(row=obj, by=person(request), now=timezone.now())

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return None


@admin.register(Announcement)
class AnnouncementAdmin(RegisterAdmin):
    list_display = ("title", "campaign", "is_public", "published_at")
    list_filter = ("campaign", "is_public")
    list_select_related = ("campaign",)
    ordering = ("-published_at",)
    fields = ("campaign", "title", "text", "is_public", "seen")
