"""Accounts with the roles they hold. The administrator's page; staff and auditors read it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.people import end_role, give_role, reset_second_factor, save_person, set_password
from campaigns.calendar import local_day
from campaigns.enums import Role
from campaigns.forms.people import PasswordForm, RoleEndForm, RoleForm
from campaigns.forms.plan import ReasonForm
from campaigns.models import RoleAssignment, User
from campaigns.permissions import Permission, can
from campaigns.views.step_up import confirm_identity, must_confirm_identity, with_identity

from .acts import Act, ActPage, act_view
from .base import person
from .life_cycle import LifeCycle


@admin.register(User)
class UserAdmin(LifeCycle):
    """Who has an account; what each may do hangs on the roles below the form."""

    view_permissions = (Permission.EDIT_PLAN, Permission.VIEW_AUDIT)
    edit_permissions = (Permission.MANAGE_ACCOUNTS,)
    list_display = ("full_name", "username", "position", "is_active", "last_login")
    list_filter = ("is_active",)
    ordering = ("sort_key", "pk")
    search_path = "search_text"
    fields = ("full_name", "username", "position", "email", "language", "is_active", "is_superuser")
    change_form_template = "admin/campaigns/person.html"

    def get_urls(self) -> list[URLPattern]:
        wrap, ask = self.admin_site.admin_view, with_identity
        return [
            path("<int:pk>/vai-tro/", wrap(ask(self.give)), name="campaigns_user_role"),
            path("<int:pk>/mat-khau/", wrap(ask(self.password)), name="campaigns_user_password"),
            path(
                "<int:pk>/xac-thuc-hai-lop/",
                wrap(ask(self.second_factor)),
                name="campaigns_user_second_factor",
            ),
            path("vai-tro/<int:pk>/ket-thuc/", wrap(ask(self.end)), name="campaigns_user_role_end"),
            *self.life_cycle_urls(),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        acts = []
        if can(person(request), Permission.MANAGE_ACCOUNTS):
            url = reverse("admin:campaigns_user_invite_many")
            acts = [Act(label=_("Invite several people…"), url=url, icon="people")]
        return super().changelist_view(request, {**(extra_context or {}), "acts": acts})

    def save_row(self, request: HttpRequest, obj: User, seen: str) -> None:
        if not obj.password:
            obj.set_unusable_password()
        save_person(person=obj, seen=seen, by=person(request), now=timezone.now())

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who may change accounts says first who they are; others only read."""
        if can(person(request), Permission.MANAGE_ACCOUNTS) and must_confirm_identity(request):
            return confirm_identity(request, back=request.path)
        return super().changeform_view(request, *args, **kwargs)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        manages = can(person(request), Permission.MANAGE_ACCOUNTS)
        known = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        rows: list[RoleAssignment] = []
        if known:
            roles = RoleAssignment.objects.filter(user_id=int(object_id)).select_related("unit", "granted_by")
            rows = list(roles.order_by("-valid_from", "role"))
        acts = self._acts(int(object_id)) if manages and known else []
        extra = {
            "roles": rows,
            "today": local_day(timezone.now()),
            "manages": manages,
            "acts": acts,
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def _acts(self, pk: int) -> list[Act]:
        urls = {
            name: reverse(f"admin:campaigns_user_{name}", args=[pk]) for name in ("role", "password", "second_factor")
        }
        return [
            Act(label=_("Give a role…"), url=urls["role"], icon="person-check"),
            *self.life_cycle_acts(pk),
            Act(label=_("Set a password…"), url=urls["password"], icon="key"),
            Act(label=_("Take away the second factor…"), url=urls["second_factor"], icon="phone"),
        ]

    def give(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the person a role."""
        someone, now = get_object_or_404(self.get_queryset(request), pk=pk), timezone.now()
        form = RoleForm(request.POST or None, initial={"valid_from": local_day(now)})
        page = ActPage(
            title=_("Give a role"),
            lead=f"{someone.full_name} ({someone.username})",
            button=_("Give the role"),
            back=_card(someone),
            done=_("The role has been given."),
        )

        def act(said: dict[str, Any]) -> None:
            unit = said.pop("unit")
            role = Role(said.pop("role"))
            unit_id = unit.pk if unit else None
            give_role(person_id=pk, role=role, unit_id=unit_id, by=person(request), now=now, **said)

        allowed = can(person(request), Permission.MANAGE_ACCOUNTS)
        return act_view(self, request, allowed=allowed, page=page, form=form, act=act)

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a role."""
        row = get_object_or_404(RoleAssignment.objects.select_related("user", "unit"), pk=pk)
        now = timezone.now()
        page = ActPage(
            title=_("End a role"),
            lead=f"{row.user.full_name}: {row.get_role_display()}{f' · {row.unit}' if row.unit else ''}",
            button=_("End the role"),
            back=_card(row.user),
            done=_("The role ends on that day."),
            danger=True,
        )
        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.MANAGE_ACCOUNTS),
            page=page,
            form=RoleEndForm(request.POST or None, initial={"valid_to": local_day(now)}),
            act=lambda said: end_role(assignment_id=pk, by=person(request), now=now, **said),
        )

    def password(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set a first password; the person changes it after signing in."""
        someone = get_object_or_404(self.get_queryset(request), pk=pk)
        page = ActPage(
            title=_("Set a password"),
            lead=f"{someone.full_name} ({someone.username})",
            button=_("Set the password"),
            back=_card(someone),
            done=_("The password has been set."),
        )

        def act(said: dict[str, Any]) -> None:
            set_password(person_id=pk, password=said["password"], by=person(request), now=timezone.now())

        allowed = can(person(request), Permission.MANAGE_ACCOUNTS)
        form = PasswordForm(request.POST or None, person=someone)
        return act_view(self, request, allowed=allowed, page=page, form=form, act=act)

    def second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take away a second factor whose phone is lost."""
        someone = get_object_or_404(self.get_queryset(request), pk=pk)
        page = ActPage(
            title=_("Take away the second factor"),
            lead=f"{someone.full_name} ({someone.username})",
            warning=_(
                "Make sure that it is the person who asks. Their sessions end; they set up a new one when they sign in."
            ),
            button=_("Take it away"),
            back=_card(someone),
            done=_("The second factor has been taken away."),
            danger=True,
        )
        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.MANAGE_ACCOUNTS),
            page=page,
            form=ReasonForm(request.POST or None),
            act=lambda said: reset_second_factor(
                person_id=pk, reason=said["reason"], by=person(request), now=timezone.now()
            ),
        )


def _card(someone: User) -> str:
    return reverse("admin:campaigns_user_change", args=[someone.pk])
