"""A campaign's plan: policy, areas, blocs, participants and calendar; frozen once it opens."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.calendar import cut_off, local_day
from campaigns.enums import CampaignStatus, UnitKind
from campaigns.vietnamese import sort_key

from .fields import ScaledDecimalField
from .unit import Unit


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Which campaigns are shown, and which are scored."""

    def launched(self) -> CampaignQuerySet:
        """Campaigns that participants may see: opened, or already closed."""
        return self.exclude(status=CampaignStatus.PREPARATION)

    def scored_on(self, day: dt.date) -> CampaignQuerySet:
        """Campaigns whose night of ``day`` is to be scored: open, and started by then."""
        return self.filter(status=CampaignStatus.OPEN, starts_on__lte=day)


class Campaign(models.Model):
    """A launched movement with its dates and its scoring policy (all ``_bp`` in basis points; 100 bp = 1 point)."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=500)
    theme = models.TextField(_("theme"), blank=True)
    plan_number = models.CharField(_("plan number"), max_length=80, blank=True)
    plan_date = models.DateField(_("plan date"), null=True, blank=True)
    organiser_name = models.CharField(_("launched by"), max_length=200)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    proposed_closing_day = models.DateField(_("proposed closing day"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=CampaignStatus.choices, default=CampaignStatus.PREPARATION, editable=False
    )
    substitute_verifier = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("substitute verifying unit"),
        help_text=_("Gives the verdicts on values, points, waivers and gates of Internal Affairs' own unit."),
    )
    public_board = models.BooleanField(_("public scoreboard"), default=False)

    cap_bp = models.PositiveIntegerField(_("cap of over-fulfilment"), default=11000)
    floor_bp = models.PositiveIntegerField(_("floor below which a target scores 0"), default=0)
    late_milestone_bp = models.PositiveIntegerField(_("score of a late milestone"), default=7500)
    bonus_cap_bp = models.PositiveIntegerField(_("cap of bonus points"), default=500)
    late_report_bp = models.PositiveIntegerField(_("penalty of a late report"), default=50)
    missing_report_bp = models.PositiveIntegerField(_("penalty of a missing report"), default=100)
    reporting_penalty_cap_bp = models.PositiveIntegerField(_("cap of the reporting penalty"), default=500)
    excellent_from_bp = models.PositiveIntegerField(_("excellent from"), default=9000)
    good_from_bp = models.PositiveIntegerField(_("good from"), default=7000)
    completed_from_bp = models.PositiveIntegerField(_("completed from"), default=5000)

    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closing_day = models.DateField(
        _("closing day"), null=True, blank=True, editable=False, help_text=_("Day C: the final run is this day's.")
    )
    plan_changed_at = models.DateTimeField(auto_now=True, verbose_name=_("plan changed at"))
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="campaign_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(completed_from_bp__lte=F("good_from_bp")) & Q(good_from_bp__lte=F("excellent_from_bp")),
                name="campaign_bands_in_order",
                violation_error_message=_("The class thresholds must rise from completed to excellent."),
            ),
            models.CheckConstraint(
                condition=Q(late_milestone_bp__lt=10000),
                name="campaign_late_milestone_below_full",
                violation_error_message=_("A late milestone must score less than 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(cap_bp__gte=1, cap_bp__lte=100000, floor_bp__lte=100000),
                name="campaign_cap_and_floor_in_range",
                violation_error_message=_("The cap lies between 0.01 % and 1000 %, the floor at most at 1000 %."),
            ),
            models.CheckConstraint(
                condition=Q(status=CampaignStatus.PREPARATION) | Q(opened_at__isnull=False),
                name="campaign_open_has_opening_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=CampaignStatus.CLOSED, closed_at__isnull=False, closing_day__isnull=False)
                    | (~Q(status=CampaignStatus.CLOSED) & Q(closed_at__isnull=True, closing_day__isnull=True))
                ),
                name="campaign_closed_has_closing_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status == CampaignStatus.OPEN

    @property
    def day_count(self) -> int:
        """Days of the campaign, first and last included."""
        return (self.ends_on - self.starts_on).days + 1

    def day_number(self, now: dt.datetime) -> int:
        """Which day of the campaign the moment ``now`` falls on (1 = first), clamped to its days."""
        return min(max((local_day(now) - self.starts_on).days + 1, 1), self.day_count)

    def is_awaiting_closure(self, now: dt.datetime) -> bool:
        """Over but not closed: pages say "đang chốt số liệu"."""
        return self.is_open and now >= cut_off(self.ends_on)


class Area(models.Model):
    """One content area, numbered as the plan prints it."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="areas", verbose_name=_("campaign"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=500)
    description = models.TextField(_("description"), blank=True)
    weight = ScaledDecimalField(_("weight"), places=2, max_digits=6)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("content area")
        verbose_name_plural = _("content areas")
        ordering = ["campaign", "number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="area_number_once"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=1000),
                name="area_weight_in_range",
                violation_error_message=_("A weight is above 0 and at most 1000."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class Bloc(models.Model):
    """An emulation bloc (khối, cụm): units are ranked within it."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="blocs", verbose_name=_("campaign"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("bloc")
        verbose_name_plural = _("blocs")
        ordering = ["campaign", "code"]
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="bloc_code_once")]

    def __str__(self) -> str:
        return self.name


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Which units take part on a day."""

    def valid_on(self, day: dt.date) -> ParticipantQuerySet:
        """Participants that exist on the local day ``day``."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )


class Participant(models.Model):
    """A unit in one campaign, with the name, kind and days of validity it has there.

    The campaign keeps its own copy so that renaming or merging a unit later leaves past scores as they were.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="participants", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="participations", verbose_name=_("unit"))
    bloc = models.ForeignKey(Bloc, models.PROTECT, related_name="participants", verbose_name=_("bloc"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind.choices)
    competes = models.BooleanField(_("ranked"), default=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("successor")
    )
    sort_key = models.CharField(max_length=500, editable=False, verbose_name=_("sort key"))
    version = models.PositiveIntegerField(default=1, editable=False, verbose_name=_("record version"))

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participating unit")
        verbose_name_plural = _("participating units")
        ordering = ["campaign", "sort_key", "code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="participant_unit_once"),
            models.UniqueConstraint(fields=["campaign", "code"], name="participant_code_once"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="participant_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")), name="participant_not_own_successor"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_sort_key(self) -> None:
        """Fill the sorting column from the name; the participant's writers call it before saving."""
        self.sort_key = sort_key(self.name)

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether the unit exists on the local day ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class PeriodQuerySet(models.QuerySet["Period"]):
    """Which periods a day finds begun or running."""

    def begun(self, *, on: dt.date) -> PeriodQuerySet:
        """Periods whose first day is reached: their measurements may be sent."""
        return self.filter(starts_on__lte=on)

    def current(self, *, on: dt.date) -> PeriodQuerySet:
        """The period that ``on`` falls in."""
        return self.filter(starts_on__lte=on, ends_on__gte=on)


class Period(models.Model):
    """One row of the reporting calendar. Times are moments (UTC in the database)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="periods", verbose_name=_("campaign"))
    code = models.CharField(_("period"), max_length=40)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    due_at = models.DateTimeField(_("due"), help_text=_("Reports sent after this time are late."))
    locks_at = models.DateTimeField(_("locked at"), null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["campaign", "ends_on"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="period_code_once"),
            models.UniqueConstraint(fields=["campaign", "ends_on"], name="period_end_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="period_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(locks_at__isnull=True) | Q(locks_at__gte=F("due_at")),
                name="period_locks_after_due",
                violation_error_message=_("A period cannot lock before its reports are due."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
