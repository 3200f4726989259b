"""The blank of certificates: its size, where each text is printed, and a picture of it to scale."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.actions.templates import TemplateRefused, add_blank, blank_in_use, checked_blank
from awards.documents.preview import preview
from awards.forms.documents import BlankForms
from awards.models import DocumentTemplate
from awards.refusal_wording import template_sentence
from campaigns.admin.base import ReadOnlyAdmin, person
from campaigns.permissions import Permission, can
from campaigns.views.form_key import run_once


def version_of(request: HttpRequest, make: Callable[[], DocumentTemplate]) -> int:
    """Make the version for the first sending of the form; return its number, to later sendings too."""
    return int(run_once(request, lambda: {"version": make().version_number}, now=timezone.now())["version"])


class BlankPages(ReadOnlyAdmin):
    """The pages of the blank, among those of the templates."""

    def blank(self, request: HttpRequest) -> HttpResponse:
        """The blank's size and where each text is printed, beside a picture of it to scale."""
        self._require(request)
        used = blank_in_use()
        forms = BlankForms(used, request.POST or None)
        problem, status = "", 200
        if request.method == "POST":
            status = 422
            if forms.is_valid() and "preview" in request.POST:
                status = 200
            elif forms.is_valid():
                try:
                    made = version_of(
                        request,
                        partial(
                            add_blank,
                            name=forms.paper.cleaned_data["name"],
                            blank=forms.blank(),
                            by=person(request),
                            now=timezone.now(),
                        ),
                    )
                except TemplateRefused as refused:
                    problem = template_sentence(refused.code, refused.names, refused.reason)
                else:
                    messages.success(request, _("Version %s is in use.") % made)
                    return redirect(self._url("blank"))
        context = {
            "forms": forms,
            "problem": problem,
            "title": _("Layout of certificates"),
            "back": self._url("changelist"),
            "query": _query(request.POST),
        }
        return self.page(request, "admin/awards/blank.html", context, status=status)

    def blank_preview(self, request: HttpRequest) -> HttpResponse:
        """The part of the page with the picture of what is typed now."""
        self._require(request)
        forms = BlankForms(blank_in_use(), _named(request.GET))
        problem = (
            "" if not request.GET or _blank_or_none(forms) else _("Correct the figures: a box lies outside the blank.")
        )
        context = {"query": _query(request.GET), "problem": problem}
        return self.page(request, "admin/awards/_blank_preview.html", context)

    def blank_picture(self, request: HttpRequest) -> HttpResponse:
        """The picture itself; of the layout in use where nothing else is typed."""
        self._require(request)
        blank = blank_in_use()
        if request.GET:
            blank = _blank_or_none(BlankForms(blank, _named(request.GET))) or blank
        response = HttpResponse(preview(blank), content_type="image/png")
        response["Cache-Control"] = "no-store, private"
        return response

    def _require(self, request: HttpRequest) -> None:
        if not can(person(request), Permission.EDIT_AWARD_RULES):
            raise PermissionDenied

    def _url(self, name: str, *args: object) -> str:
        return reverse(f"admin:awards_documenttemplate_{name}", args=args)


def _named(typed: QueryDict) -> QueryDict | None:
    """What a picture's address carries, as the forms take it: they also ask for a name."""
    if not typed:
        return None
    named = typed.copy()
    named["name"] = "-"
    return named


def _query(typed: QueryDict) -> str:
    """What is typed, as a picture's address carries it."""
    kept = typed.copy()
    for name in ("csrfmiddlewaretoken", "preview", "name"):
        kept.pop(name, None)
    return kept.urlencode()


def _blank_or_none(forms: BlankForms) -> Any:
    if not forms.is_valid():
        return None
    try:
        return checked_blank(forms.blank())
    except TemplateRefused:
        return None
