"""Templates of documents: versions, files of one's own, the portal's layout as set."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.actions.templates import (
    TemplateRefused,
    add_template,
    left_out,
    shown_template,
    use_template,
)
from awards.documents.kinds import DOCX, KINDS
from awards.documents.layouts import layout_of
from awards.documents.write import starting_template, write
from awards.enums import DocumentKind
from awards.forms.documents import LayoutForm, TemplateForm
from awards.models import DocumentTemplate
from awards.refusal_wording import template_sentence
from campaigns import evidence
from campaigns.admin.acts import Act, ActPage, act_view
from campaigns.admin.base import person
from campaigns.documents.placeholders import fill
from campaigns.files.names import attachment_header
from campaigns.permissions import Permission, can

from .blanks import BlankPages, version_of


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(BlankPages):
    """Every version there was; a new one comes from a page of its own, and is checked before it is used."""

    view_permissions = (Permission.VIEW_PROPOSALS, Permission.VIEW_AUDIT)
    list_display = ("kind", "version_number", "name", "origin", "form_number", "is_active", "created_by", "created_at")
    list_filter = ("kind", "is_active")
    list_select_related = ("created_by",)
    ordering = ("kind", "-version_number")
    fields = ("kind", "version_number", "name", "form_number", "origin", "is_active", "created_by", "created_at")
    readonly_fields = ("origin",)

    @admin.display(description=_("made of"))
    def origin(self, obj: DocumentTemplate) -> str:
        return _("uploaded file") if obj.is_own_file else _("the portal's layout")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "awards_documenttemplate_"
        return [
            path("tai-len/", wrap(self.upload), name=name + "upload"),
            path("mau/<slug:kind>/", wrap(self.starting), name=name + "starting"),
            path("bo-cuc/<slug:kind>/", wrap(self.set_layout), name=name + "layout"),
            path("giay-khen/", wrap(self.blank), name=name + "blank"),
            path("giay-khen/xem-thu/", wrap(self.blank_preview), name=name + "preview"),
            path("giay-khen/xem-thu.png", wrap(self.blank_picture), name=name + "picture"),
            path("<int:pk>/dung/", wrap(self.use), name=name + "use"),
            path("<int:pk>/thu/", wrap(self.trial), name=name + "trial"),
            *super().get_urls(),
        ]

    # --- lists -------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = []
        if can(person(request), Permission.EDIT_AWARD_RULES):
            acts = [
                Act(label=_("Upload a template…"), url=self._url("upload"), icon="upload"),
                Act(label=_("Layout of certificates…"), url=self._url("blank"), icon="award"),
            ]
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        acts = []
        found = self.get_object(request, object_id)
        if found is not None and found.kind in KINDS:
            acts.append(Act(label=_("Fill with example data"), url=self._url("trial", found.pk), icon="download"))
            if can(person(request), Permission.EDIT_AWARD_RULES):
                url = self._url("layout", found.kind)
                acts.append(Act(label=_("Signer, recipients, symbol…"), url=url, icon="pencil"))
        if found is not None and not found.is_active and can(person(request), Permission.EDIT_AWARD_RULES):
            acts.append(Act(label=_("Put this version in use…"), url=self._url("use", found.pk), icon="check-lg"))
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})

    # --- files of one's own ------------------------------------------------------------------

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Upload a .docx with placeholders; what is wrong with it is said by name, and nothing is kept."""
        self._require(request)
        form = TemplateForm(request.POST or None, request.FILES or None)
        problem, status = "", 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                typed, file = form.cleaned_data, form.cleaned_data["file"]
                content = file.read()
                try:
                    made = version_of(
                        request,
                        partial(
                            add_template,
                            kind=typed["kind"],
                            name=typed["name"],
                            form_number=typed["form_number"],
                            content=content,
                            file_name=file.name or "",
                            by=person(request),
                            now=timezone.now(),
                        ),
                    )
                except TemplateRefused as refused:
                    problem = template_sentence(refused.code, refused.names, refused.reason)
                except evidence.EvidenceStoreFull:
                    problem, status = _("The portal's disk is full: the file was not stored."), 507
                else:
                    messages.success(request, _("The template was checked and is in use as version %s.") % made)
                    unused = left_out(typed["kind"], content)
                    if unused:
                        messages.info(request, _("Fields it does not use: %s.") % ", ".join(unused))
                    return redirect(self._url("changelist"))
        context = {
            "form": form,
            "problem": problem,
            "title": _("Upload a template"),
            "back": self._url("changelist"),
            "kinds": [(DocumentKind(kind).label, own, self._url("starting", kind)) for kind, own in KINDS.items()],
        }
        return self.page(request, "admin/awards/template_upload.html", context, status=status)

    def starting(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The portal's own layout with placeholders, to begin from."""
        self._require(request)
        if kind not in KINDS:
            raise Http404
        return _docx(starting_template(kind), f"mau-{KINDS[kind].stem}.docx")

    def trial(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A version filled with example data."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(DocumentTemplate, pk=pk, kind__in=KINDS)
        own = KINDS[found.kind]
        if found.is_own_file:
            content = fill(evidence.read(found.sha256), own.sample())
        else:
            layout = layout_of(found.kind, found.layout)
            content = write(found.kind, own.sample(), body_size=layout.body_size)
        return _docx(content, f"thu-{own.stem}-{found.version_number}.docx")

    def use(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put an earlier version in use again."""
        self._require(request)
        found = get_object_or_404(DocumentTemplate, pk=pk)
        page = ActPage(
            title=_("Put this version in use"),
            button=_("Put in use"),
            back=self._url("changelist"),
            done=_("Version %s is in use.") % found.version_number,
            lead=str(found),
        )

        def act(_typed: dict[str, Any]) -> object:
            return use_template(template_id=found.pk, by=person(request), now=timezone.now())

        return act_view(self, request, allowed=True, page=page, form=None, act=act)

    # --- the portal's own layout -------------------------------------------------------------

    def set_layout(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Signer, recipients, symbol and size of a document: a new version of the portal's layout."""
        self._require(request)
        if kind not in KINDS:
            raise Http404
        used = shown_template(kind)
        form = LayoutForm(request.POST or None, layout=layout_of(kind, used.layout, form_number=used.form_number))
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                made = version_of(
                    request,
                    partial(
                        add_template,
                        kind=kind,
                        name=_("The portal's layout"),
                        form_number=form.cleaned_data["form_number"],
                        layout=form.layout(),
                        by=person(request),
                        now=timezone.now(),
                    ),
                )
                messages.success(request, _("Version %s is in use.") % made)
                return redirect(self._url("changelist"))
        context = {"form": form, "title": DocumentKind(kind).label, "back": self._url("changelist"), "used": used}
        return self.page(request, "admin/awards/template_layout.html", context, status=status)


def _docx(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = attachment_header(name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
