"""A person's coming and going: invited, one or many at once; handing over; leaving. Pages of the people's admin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.actions.departures import hand_over, leave
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.invitations import Newcomer, invite, invite_newcomers, link_of
from campaigns.actions.records import PlanRefused, first_message
from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.forms.people import HandOverForm, NewcomersForm
from campaigns.forms.plan import ReasonForm
from campaigns.models import User
from campaigns.newcomers import Line
from campaigns.permissions import Permission, can
from campaigns.queries.departures import Attached, attached_to
from campaigns.views.form_key import run_once
from campaigns.views.step_up import with_identity

from .acts import Act, ActPage, act_view
from .base import PortalAdmin, person


class LifeCycle(PortalAdmin):
    """The acts by which accounts come and go; each is shown with what hangs on it before it is done."""

    def life_cycle_urls(self) -> list[URLPattern]:
        """The addresses of these acts."""
        wrap, ask = self.admin_site.admin_view, with_identity
        return [
            path("moi-nhieu/", wrap(ask(self.invite_many)), name="campaigns_user_invite_many"),
            path("<int:pk>/moi/", wrap(ask(self.invite)), name="campaigns_user_invite"),
            path("<int:pk>/ban-giao/", wrap(ask(self.hand_over)), name="campaigns_user_hand_over"),
            path("<int:pk>/roi-don-vi/", wrap(ask(self.leave)), name="campaigns_user_leave"),
        ]

    def life_cycle_acts(self, pk: int) -> list[Act]:
        """The buttons on a person's card."""
        return [
            Act(label=_("Invite…"), url=reverse("admin:campaigns_user_invite", args=[pk]), icon="envelope"),
            Act(label=_("Hand over…"), url=reverse("admin:campaigns_user_hand_over", args=[pk]), icon="arrow-repeat"),
            Act(label=_("Leaves…"), url=reverse("admin:campaigns_user_leave", args=[pk]), icon="box-arrow-right"),
        ]

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a link with which the person chooses a password, and show it this once."""
        someone = get_object_or_404(self.get_queryset(request), pk=pk)
        back = reverse("admin:campaigns_user_change", args=[pk])
        page = ActPage(
            title=_("Invite"),
            lead=f"{someone.full_name} ({someone.username})",
            facts=((_("E-mail"), someone.email),),
            warning=_("The link works once, for 72 hours, and closes any link before it. The person's password stays "
                      "until they choose another."),
            button=_("Make the link"),
            back=back,
            done="",
        )  # fmt: skip
        context: dict[str, Any] = {"act_page": page, "form": None, "title": page.title}
        if not can(person(request), Permission.MANAGE_ACCOUNTS):
            raise PermissionDenied
        if request.method != "POST":
            return self.page(request, "admin/campaigns/act.html", context)
        made: list[User] = []

        def first_time() -> dict[str, Any]:
            made.append(invite(person_id=pk, by=person(request), now=timezone.now()))
            return {"done": True}

        if refusal := _refused(request, first_time):
            return self.page(request, "admin/campaigns/act.html", {**context, "message": refusal}, status=409)
        return self._links(request, made, back=back)

    def invite_many(self, request: HttpRequest) -> HttpResponse:
        """Make accounts from a pasted list: read, looked at, then all made at once."""
        if not can(person(request), Permission.MANAGE_ACCOUNTS):
            raise PermissionDenied
        now = timezone.now()
        form = NewcomersForm(request.POST or None, initial={"valid_from": local_day(now)})
        back = reverse("admin:campaigns_user_changelist")
        context: dict[str, Any] = {"form": form, "title": _("Invite several people"), "lines": [], "back": back}
        if request.method != "POST":
            return self.page(request, "admin/campaigns/invite_many.html", context)
        if not form.is_valid():
            return self.page(request, "admin/campaigns/invite_many.html", context, status=422)
        lines = form.lines
        context["lines"] = lines
        context["faults"] = sum(bool(line.problems) for line in lines)
        if context["faults"] or "make" not in request.POST:
            status = 422 if context["faults"] else 200
            return self.page(request, "admin/campaigns/invite_many.html", context, status=status)
        made: list[User] = []

        def first_time() -> dict[str, Any]:
            valid_from = form.cleaned_data["valid_from"]
            people = [_newcomer(line) for line in lines]
            made.extend(invite_newcomers(people=people, valid_from=valid_from, by=person(request), now=now))
            return {"done": len(made)}

        if refusal := _refused(request, first_time):
            context["message"] = refusal
            return self.page(request, "admin/campaigns/invite_many.html", context, status=409)
        return self._links(request, made, back=back)

    def hand_over(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Pass a person's units to a successor."""
        someone, now = get_object_or_404(self.get_queryset(request), pk=pk), timezone.now()
        attached = attached_to(someone, day=local_day(now))
        staying = [row for row in attached.roles if row not in attached.unit_roles]
        page = ActPage(
            title=_("Hand over"),
            lead=f"{someone.full_name} ({someone.username})",
            facts=(
                (_("Roles that pass on"), "; ".join(_role(row) for row in attached.unit_roles)),
                (
                    _("Roles that stay"),
                    "; ".join(_role(row) for row in staying),
                ),
                (_("Authorisations that end"), _authorisations(attached)),
                (_("Values typed and not sent, which stay with the unit"), attached.drafts),
            ),
            button=_("Hand over"),
            back=reverse("admin:campaigns_user_change", args=[pk]),
            done=_("The units have been handed over."),
        )

        def act(said: dict[str, Any]) -> None:
            successor = said.pop("successor")
            hand_over(person_id=pk, successor_id=successor.pk, by=person(request), now=now, **said)

        allowed = can(person(request), Permission.MANAGE_ACCOUNTS)
        form = HandOverForm(request.POST or None, leaver=someone, initial={"first_day": local_day(now)})
        return act_view(self, request, allowed=allowed, page=page, form=form, act=act)

    def leave(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End everything a person may do here."""
        someone, now = get_object_or_404(self.get_queryset(request), pk=pk), timezone.now()
        attached = attached_to(someone, day=local_day(now))
        alone = ", ".join(str(unit) for unit in attached.alone)
        page = ActPage(
            title=_("Leaves the organisation"),
            lead=f"{someone.full_name} ({someone.username})",
            facts=(
                (_("Roles that end"), "; ".join(_role(row) for row in attached.roles)),
                (_("Authorisations that end"), _authorisations(attached)),
                (_("Units without a leader afterwards"), alone),
            ),
            warning=_("The account is switched off at once, with its sessions, keys and second factor. What the person "
                      "did stays under their name. If somebody takes over, hand over first."),
            button=_("End everything"),
            back=reverse("admin:campaigns_user_change", args=[pk]),
            done=_("The person has left: nothing can be done under the account any more."),
            danger=True,
        )  # fmt: skip
        return act_view(
            self,
            request,
            allowed=can(person(request), Permission.MANAGE_ACCOUNTS),
            page=page,
            form=ReasonForm(request.POST or None),
            act=lambda said: leave(person_id=pk, reason=said["reason"], by=person(request), now=now),
        )

    def _links(self, request: HttpRequest, people: list[User], *, back: str) -> HttpResponse:
        rows = [(someone, link_of(someone)) for someone in people]
        context = {"rows": rows, "title": _("Links to hand on"), "back": back}
        return self.page(request, "admin/campaigns/invitations.html", context)


def _refused(request: HttpRequest, act: Any) -> str:
    """Carry an act out once; return why it was refused, or nothing."""
    try:
        run_once(request, act, now=timezone.now())
    except (IdempotencyMismatch, ValidationError) as error:
        return first_message(error)
    except PlanRefused as refused:
        return str(refused)
    return ""


def _newcomer(line: Line) -> Newcomer:
    return Newcomer(
        full_name=line.full_name,
        username=line.username,
        position=line.position,
        email=line.email,
        role=line.role,
        unit_id=line.unit_id,
    )


def _role(row: Any) -> str:
    words = f"{row.get_role_display()} · {row.unit}" if row.unit else str(row.get_role_display())
    return f"{words} ({_('last day')} {local_date(row.valid_to)})" if row.valid_to else words


def _authorisations(attached: Attached) -> str:
    return "; ".join(f"{row.reporter} · {row.unit}" for row in attached.authorisations)
