"""Appeals (kiến nghị): lodged by a unit's leader, settled by somebody who had no part in the matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.enums import Role, VerdictOutcome
from campaigns.models import Appeal, Measurement, Participant, RoleAssignment, User
from campaigns.permissions import Permission, can, require
from campaigns.queries.appeals import APPEAL_RELATIONS, case_of, hand_of, hand_problem_of
from campaigns.queries.verdict_cases import holidays
from campaigns.thread_rules import ThreadRefusal, hand_problem, settling_day
from campaigns.workflow import ThreadAct, move_thread

from .audit import record
from .idempotency import once
from .locks import hold_campaign
from .notices import people_of, tell_people, tell_units
from .threads import SentFile, ThreadRefused, digests, lock_thread, ready_files, reason, said, write_message

_VERIFIED = (VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED)


def lodge_on_value(
    *,
    measurement_id: int,
    grounds: str,
    files: Sequence[SentFile] = (),
    key: str,
    by: User,
    now: dt.datetime,
) -> Appeal:
    """Lodge an appeal on a verified value that still holds. Raises Measurement.DoesNotExist, and as ``_lodge``."""
    value = Measurement.objects.select_related("target__participant__campaign", "target__participant__unit").get(
        pk=measurement_id
    )
    unit = value.target.participant
    require(by, Permission.LODGE_APPEAL, unit=unit.unit_id, on=local_day(now))
    if not holds(value):
        raise ThreadRefused(ThreadRefusal.NOT_VERIFIED)
    return _lodge(unit, {"measurement": value}, grounds, files, key, by=by, now=now)


def lodge_on_score(
    *,
    participant_id: int,
    day: dt.date,
    grounds: str,
    files: Sequence[SentFile] = (),
    key: str,
    by: User,
    now: dt.datetime,
) -> Appeal:
    """Lodge an appeal on the unit's score of a day. Raises Participant.DoesNotExist, and as ``_lodge``."""
    unit = Participant.objects.select_related("campaign", "unit").get(pk=participant_id)
    require(by, Permission.LODGE_APPEAL, unit=unit.unit_id, on=local_day(now))
    if not unit.campaign.starts_on <= day <= min(unit.campaign.ends_on, local_day(now)):
        raise ThreadRefused(ThreadRefusal.NO_SUCH_SCORE)
    return _lodge(unit, {"score_day": day}, grounds, files, key, by=by, now=now)


def holds(value: Measurement) -> bool:
    """Whether the value was accepted or adjusted and no later one of its period was."""
    if value.verdict not in _VERIFIED:
        return False
    later = Measurement.objects.filter(
        target_id=value.target_id, period_id=value.period_id, verdict__in=_VERIFIED, sent_at__gt=value.sent_at
    )
    return not later.exists()


def _lodge(
    unit: Participant,
    about: dict[str, Any],
    grounds: str,
    files: Sequence[SentFile],
    key: str,
    *,
    by: User,
    now: dt.datetime,
) -> Appeal:
    """Write the appeal; one at a time runs on a value or a day's score.

    In order: the files are checked; the campaign is held open; the appeal is written with the last day for
    settling it and its files; those who may settle it are told; the trail gets its entry. Raises ThreadRefused,
    EvidenceRefused, IdempotencyMismatch.
    """
    grounds = said(grounds)
    ready = ready_files(files, participant=unit, by=by, now=now)
    subject = {name: str(getattr(value, "pk", value)) for name, value in about.items()}
    request = {"act": "appeal.lodge", "unit": unit.pk, **subject, "grounds": grounds, "files": digests(files)}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return _appeal(earlier.result["appeal"])
        if not hold_campaign(unit.campaign_id).is_open:
            raise ThreadRefused(ThreadRefusal.CAMPAIGN_NOT_OPEN)
        columns = {"participant": unit, "grounds": grounds, "lodged_by": by, "lodged_at": now, **about}
        try:
            with transaction.atomic():
                made = Appeal.objects.create(**columns, answer_by=settling_day(local_day(now), holidays()))
        except IntegrityError as error:  # the constraints that one runs at a time
            raise ThreadRefused(ThreadRefusal.RUNS_ALREADY) from error
        if ready:
            write_message(made, _("Papers with the appeal"), ready, participant=unit, by=by, now=now)
        appeal = _appeal(made.pk)
        _tell_settlers(appeal, now=now)
        record(
            action="appeal.lodged",
            subject=appeal,
            by=by,
            now=now,
            participant=unit,
            after={**subject, "grounds": grounds, "answer_by": appeal.answer_by},
        )
        earlier.keep({"appeal": appeal.pk})
    return appeal


def write_in_appeal(
    *, appeal_id: int, text: str, files: Sequence[SentFile] = (), seen: int, key: str, by: User, now: dt.datetime
) -> Appeal:
    """Say something in an open appeal: its unit's leader (with files), or whoever may settle it.

    The other side is told. Raises Appeal.DoesNotExist, PermissionDenied, ThreadRefused, EvidenceRefused,
    IdempotencyMismatch.
    """
    appeal = _appeal(appeal_id)
    unit, day = appeal.participant, local_day(now)
    of_unit = can(by, Permission.LODGE_APPEAL, unit=unit.unit_id, on=day)
    if not of_unit:
        _require_hand(appeal, by=by, now=now)
        files = ()
    text = said(text)
    ready = ready_files(files, participant=unit, by=by, now=now)
    request = {"act": "appeal.write", "pk": appeal_id, "text": text, "files": digests(files)}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is None:
            locked = lock_thread(Appeal, appeal_id, seen=seen, act=ThreadAct.WRITE)
            message = write_message(locked, text, ready, participant=unit, by=by, now=now)
            name = f"appeal:{appeal_id}:message:{message.pk}"
            if of_unit:
                _tell_writers(appeal, text, key=name, now=now)
            else:
                _tell_unit(appeal, gettext_lazy("Asked about the appeal: %(what)s"), text, key=name, now=now)
            move_thread(locked, ThreadAct.WRITE, participant=unit, by=by, now=now, text=text)
            earlier.keep({"message": message.pk})
    return _appeal(appeal_id)


def settle_appeal(
    *, appeal_id: int, upheld: bool, outcome: str, seen: int, key: str, by: User, now: dt.datetime
) -> Appeal:
    """Uphold or dismiss an appeal, with its outcome in words; the unit is told.

    Refused to whoever lodged it, entered or verified what it is about, and within the unit. An upheld appeal on a value
    changes nothing by itself: an officer then enters a correction, and another verifies it. Raises
    Appeal.DoesNotExist, PermissionDenied, ThreadRefused, IdempotencyMismatch.
    """
    appeal = _appeal(appeal_id)
    _require_hand(appeal, by=by, now=now)
    outcome = said(outcome)
    act = ThreadAct.UPHOLD if upheld else ThreadAct.DISMISS
    request = {"act": act.value, "pk": appeal_id, "outcome": outcome}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is None:
            locked = lock_thread(Appeal, appeal_id, seen=seen, act=act)
            title = gettext_lazy("Appeal upheld: %(what)s") if upheld else gettext_lazy("Appeal dismissed: %(what)s")
            _tell_unit(appeal, title, outcome, key=f"appeal:{appeal_id}:settled", now=now)
            columns: dict[str, Any] = {"outcome": outcome, "settled_by": by, "settled_at": now}
            move_thread(locked, act, participant=appeal.participant, by=by, now=now, **columns)
            earlier.keep({"appeal": appeal_id})
    return _appeal(appeal_id)


def withdraw_appeal(*, appeal_id: int, text: str, seen: int, key: str, by: User, now: dt.datetime) -> Appeal:
    """Withdraw one's unit's appeal, with a reason. Raises as ``write_in_appeal`` does."""
    appeal = _appeal(appeal_id)
    require(by, Permission.LODGE_APPEAL, unit=appeal.participant.unit_id, on=local_day(now))
    text = reason(text)
    request = {"act": "appeal.withdraw", "pk": appeal_id, "text": text}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is None:
            locked = lock_thread(Appeal, appeal_id, seen=seen, act=ThreadAct.WITHDRAW)
            write_message(locked, text, (), participant=appeal.participant, by=by, now=now)
            move_thread(locked, ThreadAct.WITHDRAW, participant=appeal.participant, by=by, now=now, text=text)
            earlier.keep({"appeal": appeal_id})
    return _appeal(appeal_id)


def _require_hand(appeal: Appeal, *, by: User, now: dt.datetime) -> None:
    problem = hand_problem_of(by, appeal, now=now)
    if problem is ThreadRefusal.NO_RIGHT:
        raise PermissionDenied
    if problem is not None:
        raise ThreadRefused(problem)


def _appeal(pk: int) -> Appeal:
    return Appeal.objects.select_related(*APPEAL_RELATIONS).get(pk=pk)


def what_of(appeal: Appeal) -> str:
    """Return what an appeal is about, in the reader's language."""
    if appeal.measurement is not None:
        value = appeal.measurement
        return _("%(indicator)s, period %(period)s (%(unit)s)") % {
            "indicator": f"{value.target.indicator.code} · {value.target.indicator.name}",
            "period": value.period.code,
            "unit": appeal.participant.name,
        }
    return _("score of %(day)s (%(unit)s)") % {"day": local_date(appeal.score_day), "unit": appeal.participant.name}


def _url(appeal: Appeal) -> str:
    return reverse("campaigns:appeal", args=[appeal.pk])


def _tell_unit(appeal: Appeal, title: Promise, text: str, *, key: str, now: dt.datetime) -> None:
    def words() -> tuple[str, str]:
        return str(title) % {"what": what_of(appeal)}, text

    tell_units(units=[appeal.participant.unit_id], key=key, words=words, url=_url(appeal), now=now)


def _tell_writers(appeal: Appeal, text: str, *, key: str, now: dt.datetime) -> None:
    """Tell the officers who wrote in the appeal that the unit did."""
    writers = User.objects.filter(pk__in=appeal.messages.values("written_by_id"), is_active=True)
    officers = [one for one in writers if not can(one, Permission.LODGE_APPEAL, unit=appeal.participant.unit_id)]

    def words() -> tuple[str, str]:
        return _("The unit wrote in its appeal: %(what)s") % {"what": what_of(appeal)}, text

    tell_people(people=officers, key=key, words=words, url=_url(appeal), now=now)


def _tell_settlers(appeal: Appeal, *, now: dt.datetime) -> None:
    """Tell the officers who may settle it; where the staff's own unit appeals, the substitute unit's people."""
    day = local_day(now)
    case = case_of(appeal, on=day)
    staff = RoleAssignment.objects.in_force(on=day).filter(role=Role.INTERNAL_AFFAIRS)
    of_staff = User.objects.filter(pk__in=staff.values("user_id"), is_active=True)
    people = [*of_staff, *people_of([case.substitute_unit] if case.substitute_unit else [], on=day)]
    settlers = [person for person in people if hand_problem(hand_of(person, on=day), case) is None]

    def words() -> tuple[str, str]:
        title = _("Appeal to settle by %(day)s: %(what)s")
        return title % {"day": local_date(appeal.answer_by), "what": what_of(appeal)}, appeal.grounds

    tell_people(people=settlers, key=f"appeal:{appeal.pk}:lodged", words=words, url=_url(appeal), now=now)
