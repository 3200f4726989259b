"""The register of earlier awards in the administration: kept row by row, or brought in from a workbook."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.actions.register_import import REGISTER, RegisterImport, import_register
from awards.models import EarlierAward
from campaigns.admin.acts import Act
from campaigns.admin.base import person
from campaigns.files.names import attachment_header, clean_name
from campaigns.forms.plan import WorkbookForm
from campaigns.permissions import Permission, can
from campaigns.workbook.kept import forget, keep, kept
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.writer import write_template

from .settings import SettingAdmin

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LINES = 200
_KEPT = "award_register"


@admin.register(EarlierAward)
class EarlierAwardAdmin(SettingAdmin):
    list_display = ("recipient_name", "year", "title", "unit_name", "decision_number")
    list_filter = ("year", "recipient_kind")
    ordering = ("-year", "recipient_name")
    exclude = ("recipient_key", "unit_key", "entered_by")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("nhap-tep/", wrap(self.upload), name="awards_earlieraward_upload"),
            path("ghi-tep/", wrap(self.write), name="awards_earlieraward_write"),
            path("tep-mau/", wrap(self.template), name="awards_earlieraward_template"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = []
        if can(person(request), Permission.EDIT_AWARD_RULES):
            acts.append(Act(label=_("Bring in a register…"), url=_url("upload"), icon="upload"))
            acts.append(Act(label=_("Empty template"), url=_url("template"), icon="download"))
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Read a register and say which rows are new, which are there already and what is wrong; nothing is written."""
        self._require(request)
        form = WorkbookForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"form": form}
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                file: UploadedFile = form.cleaned_data["file"]
                content, name = file.read(), clean_name(file.name or "so-khen-thuong.xlsx")[:200]
                found, words = self._import(request, content, name, dry_run=True)
                context |= words | {"file_name": name}
                if found is not None:
                    status = 200
                    request.session[_KEPT] = {"sha256": keep(content), "name": name}
        return self._page(request, context, status=status)

    def write(self, request: HttpRequest) -> HttpResponse:
        """Write the register that was just looked at."""
        self._require(request)
        looked_at = request.session.get(_KEPT)
        asked = request.POST.get("sha256", "") if request.method == "POST" else ""
        content = kept(asked) if looked_at and asked == looked_at["sha256"] else None
        if content is None or looked_at is None:
            messages.error(request, _("Upload the register once more and look at its preview first."))
            return redirect(_url("upload"))
        found, words = self._import(request, content, looked_at["name"], dry_run=False)
        if found is None:
            return self._page(request, {**words, "form": WorkbookForm(), "file_name": looked_at["name"]}, status=422)
        forget(looked_at["sha256"])
        del request.session[_KEPT]
        count = len(found.new)
        said = ngettext("%(count)s award was brought in.", "%(count)s awards were brought in.", count)
        self.said(request, said % {"count": count})
        return redirect(_url("changelist"))

    def template(self, request: HttpRequest) -> HttpResponse:
        """An empty register with its lists and an example."""
        self._require(request)
        content = io.BytesIO()
        write_template(content, (REGISTER,))
        response = HttpResponse(content.getvalue(), content_type=XLSX)
        response["Content-Disposition"] = attachment_header("mau-so-khen-thuong.xlsx")
        return response

    def _import(
        self, request: HttpRequest, content: bytes, name: str, *, dry_run: bool
    ) -> tuple[RegisterImport | None, dict[str, Any]]:
        try:
            found = import_register(
                file=io.BytesIO(content), file_name=name, by=person(request), now=timezone.now(), dry_run=dry_run
            )
        except WorkbookRefused as refused:
            lines = refused.problems.lines()
            return None, {"problems": lines[:MOST_LINES], "problem_count": len(lines)}
        words = {
            "found": found,
            "rows": found.new[:MOST_LINES],
            "skipped": found.skipped[:MOST_LINES],
            "digest": found.sha256,
        }
        return found, words

    def _page(self, request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
        shared = {"title": _("Bring in a register of earlier awards"), "back": _url("changelist")}
        return self.page(request, "admin/awards/register.html", {**shared, **context}, status=status)

    def _require(self, request: HttpRequest) -> None:
        if not can(person(request), Permission.EDIT_AWARD_RULES):
            raise PermissionDenied


def _url(name: str) -> str:
    return reverse(f"admin:awards_earlieraward_{name}")
