"""A unit's registration in a campaign: its own plan and the people who answer for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .campaign import Participant
from .evidence import EvidenceFile


class Registration(models.Model):
    """The unit's own plan (number, date, file), the head who answers, the focal person and the deputy."""

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="registration", verbose_name=_("unit"))
    plan_number = models.CharField(_("plan number"), max_length=80, blank=True)
    plan_date = models.DateField(_("plan date"), null=True, blank=True)
    launched_on = models.DateField(_("launched on"), null=True, blank=True)
    plan_file = models.ForeignKey(EvidenceFile, models.PROTECT, null=True, blank=True, related_name="+")
    head_name = models.CharField(_("head answerable"), max_length=120, blank=True)
    focal_name = models.CharField(_("focal person"), max_length=120, blank=True)
    focal_contact = models.CharField(_("focal person's contact"), max_length=160, blank=True)
    deputy_name = models.CharField(_("deputy focal person"), max_length=120, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")

    def __str__(self) -> str:
        return str(self.participant)
