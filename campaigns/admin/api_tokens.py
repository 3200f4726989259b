"""Keys of the data interface: made and revoked by who manages accounts. A key is shown once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.actions.api_tokens import issue_token, revoke_token
from campaigns.actions.records import PlanRefused
from campaigns.enums import ApiScope
from campaigns.forms.api_tokens import TokenForm
from campaigns.models import ApiToken
from campaigns.permissions import Permission, can
from campaigns.views.form_key import run_once
from campaigns.views.step_up import with_identity

from .acts import Act, ActPage, act_view
from .base import ReadOnlyAdmin, person


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """The list of keys; what each may read and when it was last used."""

    view_permissions = (Permission.VIEW_AUDIT,)
    edit_permissions = (Permission.MANAGE_ACCOUNTS,)
    list_display = ("name", "hint", "owner", "may_read", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("owner",)
    fields = (
        "name", "hint", "owner", "may_read", "expires_at", "created_by", "created_at",
        "last_used_at", "revoked_by", "revoked_at",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("cap/", wrap(with_identity(self.issue)), name="campaigns_apitoken_issue"),
            path("<int:pk>/thu-hoi/", wrap(with_identity(self.revoke)), name="campaigns_apitoken_revoke"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("may read"))
    def may_read(self, obj: ApiToken) -> str:
        return ", ".join(str(ApiScope(scope).label) for scope in obj.scopes)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = [Act(label=_("What the interface sends"), url=reverse("api_explained"), icon="info-circle")]
        if _manages(request):
            acts.insert(0, Act(label=_("Make a key…"), url=_list("issue"), icon="key"))
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        known = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        token = self.get_queryset(request).filter(pk=int(object_id), revoked_at__isnull=True).first() if known else None
        acts = []
        if token is not None and _manages(request):
            url = reverse("admin:campaigns_apitoken_revoke", args=[token.pk])
            acts = [Act(label=_("Revoke…"), url=url, icon="x-circle")]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})

    def issue(self, request: HttpRequest) -> HttpResponse:
        """Make a key and show it, this once."""
        if not _manages(request):
            raise PermissionDenied
        form = TokenForm(request.POST or None)
        page = ActPage(
            title=_("Make a key of the data interface"),
            button=_("Make the key"),
            back=_list("changelist"),
            done="",
            warning=_("The key is shown once: hand it on by a safe way. Nobody can read it here later."),
        )
        context: dict[str, Any] = {"act_page": page, "form": form, "title": page.title}
        if request.method != "POST":
            return self.page(request, "admin/campaigns/act.html", context)
        if not form.is_valid():
            return self.page(request, "admin/campaigns/act.html", context, status=422)
        shown: list[str] = []

        def first_time() -> dict[str, Any]:
            said, owner = dict(form.cleaned_data), form.cleaned_data["owner"]
            del said["owner"]
            token, key = issue_token(owner_id=owner.pk, by=person(request), now=timezone.now(), **said)
            shown.append(key)
            return {"token": token.pk}

        try:
            made = run_once(request, first_time, now=timezone.now())
        except PlanRefused as refused:
            context["message"] = str(refused)
            return self.page(request, "admin/campaigns/act.html", context, status=409)
        token = get_object_or_404(self.get_queryset(request), pk=made["token"])
        context = {"token": token, "key": shown[0] if shown else "", "title": page.title, "back": page.back}
        return self.page(request, "admin/campaigns/api_token_made.html", context)

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a key back."""
        token = get_object_or_404(self.get_queryset(request), pk=pk)
        page = ActPage(
            title=_("Revoke a key"),
            lead=str(token),
            warning=_("The other system is refused from its next request on."),
            button=_("Revoke the key"),
            back=_list("changelist"),
            done=_("The key has been revoked."),
            danger=True,
        )
        return act_view(
            self,
            request,
            allowed=_manages(request),
            page=page,
            form=None,
            act=lambda said: revoke_token(token_id=pk, by=person(request), now=timezone.now()),
        )


def _manages(request: HttpRequest) -> bool:
    return can(person(request), Permission.MANAGE_ACCOUNTS)


def _list(name: str) -> str:
    return reverse(f"admin:campaigns_apitoken_{name}")
