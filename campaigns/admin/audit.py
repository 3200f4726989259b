"""The whole audit trail, for staff and auditors."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from campaigns.models import AuditEntry
from campaigns.permissions import Permission
from campaigns.views.audit import trail_context

from .base import ReadOnlyAdmin, person


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """One page with its own closed set of filters."""

    view_permissions = (Permission.VIEW_AUDIT,)

    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.trail), name="campaigns_auditentry_changelist")]

    def trail(self, request: HttpRequest) -> HttpResponse:
        """Show the trail."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context: dict[str, Any] = {
            **trail_context(request, person(request)),
            "frame": "admin/campaigns/trail_frame.html",
        }
        return self.page(request, "campaigns/trail.html", context)
