"""Damaged evidence: what the nightly look found missing or changed on disk."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.display import local_datetime
from campaigns.models import EvidenceFault, EvidenceFile
from campaigns.permissions import Permission

from .base import ReadOnlyAdmin


@admin.register(EvidenceFault)
class EvidenceFaultAdmin(ReadOnlyAdmin):
    """A list for staff and for whoever restores the files: places on disk and units, no names of files."""

    view_permissions = (Permission.VIEW_ALL_UNITS, Permission.MANAGE_ACCOUNTS)
    list_display = ("kind", "place", "units", "found", "mended")
    list_filter = ("kind",)
    fields = readonly_fields = ("kind", "place", "units", "found", "mended")
    ordering = ("-found_at", "-pk")

    @admin.display(description=_("Place in the store"))
    def place(self, fault: EvidenceFault) -> str:
        return f"{fault.sha256[:2]}/{fault.sha256[2:4]}/{fault.sha256}"

    @admin.display(description=_("Units"))
    def units(self, fault: EvidenceFault) -> str:
        rows = EvidenceFile.objects.filter(sha256=fault.sha256)
        return ", ".join(rows.order_by("participant__sort_key").values_list("participant__name", flat=True).distinct())

    @admin.display(description=_("Found"), ordering="found_at")
    def found(self, fault: EvidenceFault) -> str:
        return local_datetime(fault.found_at)

    @admin.display(description=_("Whole again"), ordering="mended_at")
    def mended(self, fault: EvidenceFault) -> str:
        return local_datetime(fault.mended_at) if fault.mended_at else "–"
