"""The verification queue of Internal Affairs staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Measurement, User
from campaigns.permissions import Permission
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_queue import scope_of_staff
from campaigns.views.verification import Place, VerificationPages

from .base import ReadOnlyAdmin


def _scope(user: User, desk: VerdictDesk, campaign: Campaign) -> QuerySet[Measurement]:
    return scope_of_staff(user, campaign)


def _context(request: HttpRequest) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": _("Verification")}


STAFF_PAGES = VerificationPages(
    Place(
        address="admin:campaigns_verification_",
        frame="admin/campaigns/verify_frame.html",
        scope=_scope,
        context=_context,
    )
)


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    """Reported values are verified in their queue; there is no other list of them here."""

    view_permissions = (Permission.VIEW_ALL_UNITS,)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.queue), name="campaigns_measurement_changelist"),
            path("tham-dinh/", wrap(self.queue), name="campaigns_verification_queue"),
            path("tham-dinh/chap-nhan/", wrap(self.accept_all), name="campaigns_verification_accept"),
            path("tham-dinh/<int:pk>/", wrap(self.verdict), name="campaigns_verification_verdict"),
            path("tham-dinh/che-do-xem/", wrap(self.keep_view), name="campaigns_verification_view"),
            path("tham-dinh/<int:pk>/tra-lai/", wrap(self.return_several), name="campaigns_verification_return"),
            path("tham-dinh/<int:pk>/dinh-chinh/", wrap(self.correct), name="campaigns_verification_correct"),
        ]

    def queue(self, request: HttpRequest) -> HttpResponse:
        """The queue; nothing of it for those who do not see all units."""
        self._require(request)
        return STAFF_PAGES.queue(request)

    def accept_all(self, request: HttpRequest) -> HttpResponse:
        self._require(request)
        return STAFF_PAGES.accept_all(request)

    def verdict(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require(request)
        return STAFF_PAGES.verdict(request, pk)

    def return_several(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require(request)
        return STAFF_PAGES.return_several(request, pk)

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        self._require(request)
        return STAFF_PAGES.keep_view(request)

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require(request)
        return STAFF_PAGES.correct(request, pk)

    def _require(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
