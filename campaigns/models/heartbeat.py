"""That the worker lives: the sweeper writes when it last ran, so beat, broker and a worker are all known to work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One row: when the sweeper last ran. Written every half minute."""

    at = models.DateTimeField(_("last sweep"))

    class Meta:
        verbose_name = _("heartbeat of the worker")
        verbose_name_plural = _("heartbeat of the worker")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="heartbeat_single_row")]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M:%S}"
