"""The workbook in the administration: looked at first, then written; downloads of a campaign and of the template."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.files.names import attachment_header, clean_name
from campaigns.forms.plan import WorkbookForm
from campaigns.models import Campaign, WorkbookImport
from campaigns.permissions import Permission, can
from campaigns.visibility import visible_to
from campaigns.workbook.importer import ImportResult, import_workbook
from campaigns.workbook.kept import forget, keep, kept
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.writer import export_campaign, write_template

from .acts import Act
from .base import ReadOnlyAdmin, person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Problems and changes that the page lists; the rest is counted.
MOST_LINES = 200


@admin.register(WorkbookImport)
class WorkbookImportAdmin(ReadOnlyAdmin):
    """The workbooks that were written, and the pages to look at and write another one."""

    view_permissions = (Permission.EDIT_PLAN, Permission.VIEW_AUDIT)
    list_display = ("file_name", "campaign", "imported_by", "imported_at")
    list_filter = ("campaign",)
    list_select_related = ("campaign", "imported_by")
    ordering = ("-imported_at", "-pk")
    fields = ("campaign", "file_name", "sha256", "imported_by", "imported_at")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("xem-truoc/", wrap(self.preview), name="campaigns_workbookimport_preview"),
            path("ghi/", wrap(self.write), name="campaigns_workbookimport_write"),
            path("tep-mau/", wrap(self.template), name="campaigns_workbookimport_template"),
            path("tai-ve/<int:pk>/", wrap(self.download), name="campaigns_workbookimport_download"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = []
        if can(person(request), Permission.EDIT_PLAN):
            acts.append(Act(label=_("Upload a workbook…"), url=self._url("preview"), icon="upload"))
            acts.append(Act(label=_("Empty template"), url=self._url("template"), icon="download"))
            for campaign in visible_to(person(request), Campaign)[:5]:
                label = _("Download %(campaign)s") % {"campaign": campaign.code}
                acts.append(Act(label=label, url=self._url("download", campaign.pk), icon="file-earmark-spreadsheet"))
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Read a workbook and say what it would change; nothing is written."""
        self._require(request)
        form = WorkbookForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"form": form, "title": _("Upload a workbook"), "back": self._url("changelist")}
        status = 200
        if request.method == "POST" and form.is_valid():
            file: UploadedFile = form.cleaned_data["file"]
            content, name = file.read(), clean_name(file.name or "workbook.xlsx")[:200]
            found, refused = self._import(request, content, name, dry_run=True)
            context |= _words(found, refused) | {"file_name": name}
            status = 422 if refused else 200
            if found is not None:
                request.session["workbook"] = {"sha256": keep(content), "name": name}
        elif request.method == "POST":
            status = 422
        return self.page(request, "admin/campaigns/workbook.html", context, status=status)

    def write(self, request: HttpRequest) -> HttpResponse:
        """Write the workbook that was just looked at."""
        self._require(request)
        shown = request.session.get("workbook") or {"sha256": "", "name": ""}
        is_shown = request.method == "POST" and request.POST.get("sha256") == shown["sha256"]
        content = kept(shown["sha256"]) if is_shown else None
        if content is None:
            messages.error(request, _("Upload the workbook once more and look at its preview first."))
            return redirect(self._url("preview"))
        found, refused = self._import(request, content, shown["name"], dry_run=False)
        if refused is not None:
            context = _words(None, refused) | {"title": _("Upload a workbook"), "form": WorkbookForm()}
            context |= {"back": self._url("changelist"), "file_name": shown["name"]}
            return self.page(request, "admin/campaigns/workbook.html", context, status=422)
        forget(shown["sha256"])
        del request.session["workbook"]
        messages.success(request, _("The workbook has been written."))
        if found is not None and found.opened:
            messages.success(request, _("The campaign is open. Its plan is frozen."))
        return redirect(self._url("changelist"))

    def template(self, request: HttpRequest) -> HttpResponse:
        """An empty workbook with its lists and examples."""
        self._require(request)
        return _file("mau-phong-trao.xlsx", write_template)

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A campaign as a workbook."""
        self._require(request)
        campaign = get_object_or_404(visible_to(person(request), Campaign), pk=pk)
        return _file(f"{campaign.code}.xlsx", lambda file: export_campaign(campaign=campaign, file=file))

    def _import(
        self, request: HttpRequest, content: bytes, name: str, *, dry_run: bool
    ) -> tuple[ImportResult | None, WorkbookRefused | None]:
        try:
            found = import_workbook(
                file=io.BytesIO(content), file_name=name, by=person(request), now=timezone.now(), dry_run=dry_run
            )
        except WorkbookRefused as refused:
            return None, refused
        return found, None

    def _require(self, request: HttpRequest) -> None:
        if not can(person(request), Permission.EDIT_PLAN):
            raise PermissionDenied

    def _url(self, name: str, *args: object) -> str:
        return reverse(f"admin:campaigns_workbookimport_{name}", args=args)


def _words(found: ImportResult | None, refused: WorkbookRefused | None) -> dict[str, Any]:
    """What the page says of an import, cut to what can be read."""
    if refused is not None:
        lines = refused.problems.lines()
        return {"problems": lines[:MOST_LINES], "problem_count": len(lines)}
    if found is None:
        return {}
    return {
        "found": found,
        "changes": found.changes[:MOST_LINES],
        "change_count": len(found.changes),
        "warnings": found.warnings[:MOST_LINES],
    }


def _file(name: str, write: Callable[[BinaryIO], object]) -> HttpResponse:
    content = io.BytesIO()
    write(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = attachment_header(name)
    return response
