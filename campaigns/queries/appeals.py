"""Who may settle an appeal, and which appeals and explanations wait for a person. Fixed numbers of queries."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.calendar import cut_off, local_day
from campaigns.enums import ThreadState
from campaigns.models import Appeal, Campaign, Explanation, Measurement, PointEntry, User
from campaigns.permissions import Permission, access_of, can, units_with
from campaigns.thread_rules import AppealCase, Hand, ThreadRefusal, hand_problem
from campaigns.visibility import visible_to

from .verdict_cases import staff_unit_ids, staff_units

#: What an appeal must have loaded for ``case_of``.
APPEAL_RELATIONS = (
    "participant__campaign",
    "participant__unit",
    "lodged_by",
    "settled_by",
    "measurement__period",
    "measurement__target__indicator__provider",
    "measurement__target__participant",
    "measurement__corrects",
)


def hand_of(user: User, *, on: dt.date) -> Hand:
    """Return the person as the rules of appeals see them on a local day."""
    return Hand(
        user_id=user.pk,
        settles=can(user, Permission.SETTLE_APPEAL, on=on),
        own_units=access_of(user, on=on).own_units,
        speaks_for=units_with(user, Permission.DRAFT_REPORT, on=on),
    )


def case_of(appeal: Appeal, *, on: dt.date) -> AppealCase:
    """Return the appeal as the rules see it on a local day. At most four queries."""
    parties = {appeal.participant.unit_id}
    if appeal.measurement is not None and appeal.measurement.target.indicator.provider is not None:
        parties.add(appeal.measurement.target.indicator.provider.unit_id)
    return AppealCase(
        parties=frozenset(parties),
        checkers=checkers_of(appeal),
        staff_units=staff_units(on=on),
        substitute_unit=appeal.participant.campaign.substitute_verifier_id,
    )


def checkers_of(appeal: Appeal) -> frozenset[int]:
    """Return who lodged the appeal, and who entered or verified what it is about; for a score, what it was made of.

    By person and not by role: a leader who has moved to Internal Affairs settles nothing they lodged or reported.
    """
    found: set[int | None] = {appeal.lodged_by_id}
    names: set[str] = set()  # of imported verdicts, whose officer is known by name
    if (value := appeal.measurement) is not None:
        found |= {value.sent_by_id, value.verdict_by_id}
        names.add(value.verdict_by_name)
        if value.corrects is not None:  # a correction was entered by an officer, and mends an officer's verdict
            found.add(value.corrects.verdict_by_id)
            names |= {value.sent_by_name, value.corrects.verdict_by_name}
    elif appeal.score_day is not None:
        until = cut_off(appeal.score_day)
        values = Measurement.objects.filter(target__participant=appeal.participant, verdict_at__lt=until)
        for sender, user, name in values.values_list("sent_by_id", "verdict_by_id", "verdict_by_name").distinct():
            found |= {sender, user}
            names.add(name)
        points = PointEntry.objects.filter(participant=appeal.participant, confirmed_at__lt=until)
        for pair in points.values_list("entered_by_id", "confirmed_by_id"):
            found |= set(pair)
    if names - {""}:
        found |= set(User.objects.filter(full_name__in=names - {""}).values_list("pk", flat=True))
    return frozenset(user for user in found if user is not None)


def hand_problem_of(user: User, appeal: Appeal, *, now: dt.datetime) -> ThreadRefusal | None:
    """Return what keeps the person from settling the appeal; None when they may."""
    day = local_day(now)
    return hand_problem(hand_of(user, on=day), case_of(appeal, on=day))


def appeals_for(user: User, campaign: Campaign, *, on: dt.date) -> QuerySet[Appeal]:
    """Return the open appeals that the person may settle: the same decision as ``hand_problem``, as one query."""
    rows = visible_to(user, Appeal).filter(participant__campaign=campaign, state=ThreadState.OPEN)
    hand = hand_of(user, on=on)
    if not hand.settles:
        stands_in = campaign.substitute_verifier_id in hand.speaks_for
        rows = rows.filter(participant__unit__in=staff_unit_ids(on=on)) if stands_in else rows.none()
    name = user.full_name  # imported verdicts know their officer by name
    value = Measurement.objects.filter(pk=OuterRef("measurement"))
    provided = value.filter(target__indicator__provider__unit__in=hand.own_units)
    checked = value.filter(
        Q(sent_by=user)
        | Q(verdict_by=user)
        | Q(verdict_by_name=name)
        | Q(corrects__isnull=False, corrects__verdict_by=user)
    )
    # A day later than the score's counts too here: a list may be stricter than the act by hours, never laxer.
    verified = Measurement.objects.filter(
        Q(sent_by=user) | Q(verdict_by=user) | Q(verdict_by_name=name), target__participant=OuterRef("participant")
    )
    decided = PointEntry.objects.filter(Q(entered_by=user) | Q(confirmed_by=user), participant=OuterRef("participant"))
    free_of_score = Q(measurement__isnull=False) | (~Exists(verified) & ~Exists(decided))
    rows = rows.exclude(participant__unit__in=hand.own_units).exclude(lodged_by=user)
    return rows.filter(~Exists(provided), ~Exists(checked), free_of_score)


def uncorrected(campaign: Campaign) -> QuerySet[Appeal]:
    """Return upheld appeals on a value whose correction has not been entered since."""
    entered = Measurement.objects.filter(
        target=OuterRef("measurement__target"),
        period=OuterRef("measurement__period"),
        corrects__isnull=False,
        sent_at__gt=OuterRef("lodged_at"),
    )
    rows = Appeal.objects.filter(participant__campaign=campaign, state=ThreadState.UPHELD, measurement__isnull=False)
    return rows.exclude(Exists(entered))


def explanations_for(user: User, campaign: Campaign) -> QuerySet[Explanation]:
    """Return the running explanations that wait for the person: to answer as a leader, to read as whoever asked."""
    led = units_with(user, Permission.ANSWER_EXPLANATION)
    rows = Explanation.objects.filter(target__campaign=campaign)
    return rows.filter(
        Q(state=ThreadState.OPEN, target__participant__unit__in=led) | Q(state=ThreadState.ANSWERED, asked_by=user)
    )
