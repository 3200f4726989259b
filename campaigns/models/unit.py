"""Units: the bodies people work in, whatever campaign is running."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import UnitKind
from campaigns.vietnamese import fold, sort_key


class Unit(models.Model):
    """A division, ward or other body. People's roles attach here; campaigns see it as a Participant."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind.choices)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("successor")
    )
    search_text = models.CharField(max_length=300, editable=False, db_index=True, verbose_name=_("search text"))
    sort_key = models.CharField(max_length=500, editable=False, verbose_name=_("sort key"))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="unit_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_search_columns(self) -> None:
        """Fill the folded and sorting columns from code and name; the unit's writers call it before saving."""
        self.search_text = fold(f"{self.code} {self.name}")
        self.sort_key = sort_key(self.name)
