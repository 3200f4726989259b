"""The organiser, people, and the roles they hold with dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import UNIT_ROLES, OrganiserLevel, Role
from campaigns.vietnamese import fold, normalise, sort_key


class Organiser(models.Model):
    """The body this installation serves: one row, filled at set-up."""

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=80)
    parent_name = models.CharField(_("parent body"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=20, choices=OrganiserLevel.choices, default=OrganiserLevel.DISTRICT)
    place_name = models.CharField(_("place name on documents"), max_length=80, blank=True)
    staff_unit_name = models.CharField(_("standing body of the council"), max_length=120, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        verbose_name = _("organiser")
        verbose_name_plural = _("organiser")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="organiser_single_row")]

    def __str__(self) -> str:
        return self.name


class UserManager(DjangoUserManager["User"]):
    """Creates users with normalised names."""

    def _create_user(self, username: str, email: str | None, password: str | None, **extra: Any) -> User:
        extra["full_name"] = normalise(extra.get("full_name") or username)
        extra.setdefault("search_text", fold(extra["full_name"]))
        extra.setdefault("sort_key", sort_key(extra["full_name"]))
        return super()._create_user(username, email, password, **extra)  # type: ignore[misc]  # private in the stubs


class User(AbstractUser):
    """A person with an account. ``is_staff`` opens the admin site; what may be done there is a role's."""

    first_name = None  # type: ignore[assignment]  # Vietnamese names are one field
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("full name"), max_length=120)
    position = models.CharField(_("position"), max_length=160, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("vi", "Tiếng Việt"), ("en", "English")], default="vi"
    )
    #: The open invitation's moment: a new one, or the password chosen with it, closes the link before.
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True, editable=False)
    search_text = models.CharField(
        max_length=240, blank=True, editable=False, db_index=True, verbose_name=_("search text")
    )
    sort_key = models.CharField(max_length=400, blank=True, editable=False, verbose_name=_("sort key"))

    objects = UserManager()  # type: ignore[misc]  # narrower than AbstractUser's

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.rsplit(" ", 1)[-1]


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Which roles hold on a day."""

    def in_force(self, *, on: dt.date) -> RoleAssignmentQuerySet:
        """Assignments that hold on the local day ``on`` (first and last day included)."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


class RoleAssignment(models.Model):
    """A person holds a role from a day, until a day; a vice-chairman by a numbered, ending delegation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="roles", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(
        "campaigns.Unit", models.PROTECT, null=True, blank=True, related_name="roles", verbose_name=_("unit")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    document_number = models.CharField(_("document number"), max_length=80, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    granted_at = models.DateTimeField(auto_now_add=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "role", "valid_from"]
        indexes = [models.Index(fields=["role", "valid_from"]), models.Index(fields=["unit", "role"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=UNIT_ROLES, unit__isnull=False) | (~Q(role__in=UNIT_ROLES)),
                name="role_of_unit_names_unit",
                violation_error_message=_("A leader's or reporter's role needs a unit."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="role_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.VICE_CHAIRMAN) | (Q(valid_to__isnull=False) & ~Q(document_number="")),
                name="delegation_is_dated_and_numbered",
                violation_error_message=_("A delegation needs a document number and a last day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Authorisation(models.Model):
    """A leader's dated authorisation for a reporter to submit the unit's reports."""

    unit = models.ForeignKey("campaigns.Unit", models.PROTECT, related_name="authorisations", verbose_name=_("unit"))
    reporter = models.ForeignKey(User, models.PROTECT, related_name="authorisations", verbose_name=_("reporter"))
    leader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("leader"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("last day"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("authorisation to submit")
        verbose_name_plural = _("authorisations to submit")
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="authorisation_dates_in_order"),
            models.CheckConstraint(condition=~Q(reporter=F("leader")), name="authorisation_of_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.reporter}"
