"""Explanations (giải trình): asked of a target, answered by the unit's leader, closed by whoever asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.display import local_date
from campaigns.models import Explanation, Participant, Target, User
from campaigns.permissions import Permission, can, is_own_unit, require
from campaigns.plan_rules import is_in_force
from campaigns.thread_rules import ThreadRefusal, answer_day_problem
from campaigns.workflow import ThreadAct, move_thread

from .audit import record
from .idempotency import once
from .locks import hold_campaign
from .notices import tell_people, tell_units
from .threads import SentFile, ThreadRefused, digests, lock_thread, ready_files, reason, refuse, said, write_message

_RELATIONS = ("target__participant__campaign", "target__participant__unit", "target__indicator", "asked_by")


def ask_explanation(
    *, target_id: int, question: str, answer_by: dt.date, key: str, by: User, now: dt.datetime
) -> Explanation:
    """Ask a unit to explain one of its targets by a day; one question at a time runs on a target.

    In order: the campaign is held open; the target is in force and not of the asker's own unit; the question is
    written; the unit is told; the trail gets its entry. Raises Target.DoesNotExist, PermissionDenied,
    ThreadRefused, IdempotencyMismatch.
    """
    require(by, Permission.ASK_EXPLANATION, on=local_day(now))
    target = Target.objects.select_related("participant__campaign", "participant__unit", "indicator").get(pk=target_id)
    question = said(question)
    request = {"act": "explanation.ask", "target": target_id, "question": question, "answer_by": str(answer_by)}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return Explanation.objects.get(pk=earlier.result["explanation"])
        today, unit = local_day(now), target.participant
        if not hold_campaign(target.campaign_id).is_open:
            raise ThreadRefused(ThreadRefusal.CAMPAIGN_NOT_OPEN)
        if not is_in_force(target.starts_on, target.ends_from, today):
            raise ThreadRefused(ThreadRefusal.TARGET_NOT_IN_FORCE)
        if is_own_unit(by, unit.unit_id):
            raise ThreadRefused(ThreadRefusal.OWN_UNIT)
        refuse(answer_day_problem(answer_by, today=today))
        thread = _create(target, question, answer_by, by=by, now=now)
        _tell_unit(thread, unit, question, key=f"explanation:{thread.pk}:asked", now=now)
        record(
            action="explanation.asked",
            subject=thread,
            by=by,
            now=now,
            participant=unit,
            after={"question": question, "answer_by": answer_by},
        )
        earlier.keep({"explanation": thread.pk})
    return thread


def _create(target: Target, question: str, answer_by: dt.date, *, by: User, now: dt.datetime) -> Explanation:
    try:
        with transaction.atomic():
            return Explanation.objects.create(
                target=target, question=question, asked_by=by, asked_at=now, answer_by=answer_by
            )
    except IntegrityError as error:  # the constraint that one runs on a target
        raise ThreadRefused(ThreadRefusal.RUNS_ALREADY) from error


def answer_explanation(
    *, explanation_id: int, text: str, files: Sequence[SentFile] = (), seen: int, key: str, by: User, now: dt.datetime
) -> Explanation:
    """Answer as the unit's leader, with files; also to add to an answer that waits to be read.

    The files pass the checks of evidence and belong to the unit. Whoever asked is told. Raises
    Explanation.DoesNotExist, PermissionDenied, ThreadRefused, EvidenceRefused, IdempotencyMismatch.
    """
    unit = _thread(explanation_id).target.participant
    require(by, Permission.ANSWER_EXPLANATION, unit=unit.unit_id, on=local_day(now))
    text = said(text)
    ready = ready_files(files, participant=unit, by=by, now=now)
    request = {"act": "explanation.answer", "pk": explanation_id, "text": text, "files": digests(files)}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is None:
            thread = lock_thread(Explanation, explanation_id, seen=seen, act=ThreadAct.ANSWER)
            message = write_message(thread, text, ready, participant=unit, by=by, now=now)
            _tell_asker(thread, unit, text, key=f"explanation:{thread.pk}:answer:{message.pk}", now=now)
            move_thread(thread, ThreadAct.ANSWER, participant=unit, by=by, now=now, text=text)
            earlier.keep({"message": message.pk})
    return _thread(explanation_id)


def ask_further(
    *, explanation_id: int, text: str, answer_by: dt.date, seen: int, key: str, by: User, now: dt.datetime
) -> Explanation:
    """Ask back after an answer, with a new day. Raises as ``close_explanation`` does."""
    unit = _require_asker(explanation_id, by=by, now=now)
    text = said(text)
    request = {"act": "explanation.further", "pk": explanation_id, "text": text, "answer_by": str(answer_by)}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is None:
            refuse(answer_day_problem(answer_by, today=local_day(now)))
            thread = lock_thread(Explanation, explanation_id, seen=seen, act=ThreadAct.ASK_FURTHER)
            message = write_message(thread, text, (), participant=unit, by=by, now=now)
            thread.answer_by = answer_by
            _tell_unit(thread, unit, text, key=f"explanation:{thread.pk}:further:{message.pk}", now=now)
            columns = {"answer_by": answer_by}
            move_thread(thread, ThreadAct.ASK_FURTHER, participant=unit, by=by, now=now, text=text, **columns)
            earlier.keep({"message": message.pk})
    return _thread(explanation_id)


def close_explanation(
    *, explanation_id: int, text: str = "", seen: int, key: str, by: User, now: dt.datetime
) -> Explanation:
    """Close an answered explanation, with a last word or without; the unit is told.

    Whoever asked closes it; another asker may once that person no longer may ask. Raises
    Explanation.DoesNotExist, PermissionDenied, ThreadRefused, IdempotencyMismatch.
    """
    return _end(explanation_id, ThreadAct.CLOSE, said(text) if text.strip() else "", seen, key, by=by, now=now)


def take_back_explanation(
    *, explanation_id: int, text: str, seen: int, key: str, by: User, now: dt.datetime
) -> Explanation:
    """Take back a question that is not answered, with a reason. Raises as ``close_explanation`` does."""
    return _end(explanation_id, ThreadAct.TAKE_BACK, reason(text), seen, key, by=by, now=now)


def _end(
    explanation_id: int, act: ThreadAct, text: str, seen: int, key: str, *, by: User, now: dt.datetime
) -> Explanation:
    unit = _require_asker(explanation_id, by=by, now=now)
    request = {"act": act.value, "pk": explanation_id, "text": text}
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is None:
            thread = lock_thread(Explanation, explanation_id, seen=seen, act=act)
            if text:
                write_message(thread, text, (), participant=unit, by=by, now=now)

            def words() -> tuple[str, str]:
                title = _("Explanation closed: %(what)s") if act is ThreadAct.CLOSE else _("No longer asked: %(what)s")
                return title % {"what": _what(thread)}, text

            tell_units(
                units=[unit.unit_id], key=f"explanation:{thread.pk}:ended", words=words, url=_url(thread), now=now
            )
            columns = {"closed_by": by, "closed_at": now}
            move_thread(thread, act, participant=unit, by=by, now=now, text=text, **columns)
            earlier.keep({"explanation": thread.pk})
    return _thread(explanation_id)


def may_steer(user: User, thread: Explanation, *, on: dt.date) -> bool:
    """Whether the person may ask further and close: whoever asked, or another asker in their place."""
    if not can(user, Permission.ASK_EXPLANATION, on=on) or is_own_unit(user, thread.target.participant.unit_id):
        return False
    return thread.asked_by_id == user.pk or not can(thread.asked_by, Permission.ASK_EXPLANATION, on=on)


def _require_asker(explanation_id: int, *, by: User, now: dt.datetime) -> Participant:
    thread, day = _thread(explanation_id), local_day(now)
    require(by, Permission.ASK_EXPLANATION, on=day)
    if is_own_unit(by, thread.target.participant.unit_id):
        raise PermissionDenied
    if not may_steer(by, thread, on=day):
        raise ThreadRefused(ThreadRefusal.NOT_THE_ASKER)
    return thread.target.participant


def _thread(pk: int) -> Explanation:
    return Explanation.objects.select_related(*_RELATIONS).get(pk=pk)


def _what(thread: Explanation) -> str:
    target = thread.target
    return f"{target.indicator.code} · {target.indicator.name} ({target.participant.name})"


def _url(thread: Explanation) -> str:
    return reverse("campaigns:explanation", args=[thread.pk])


def _tell_unit(thread: Explanation, unit: Participant, text: str, *, key: str, now: dt.datetime) -> None:
    def words() -> tuple[str, str]:
        title = _("Explanation asked by %(day)s: %(what)s")
        return title % {"day": local_date(thread.answer_by), "what": _what(thread)}, text

    tell_units(units=[unit.unit_id], key=key, words=words, url=_url(thread), now=now)


def _tell_asker(thread: Explanation, unit: Participant, text: str, *, key: str, now: dt.datetime) -> None:
    def words() -> tuple[str, str]:
        return _("Explanation answered: %(what)s") % {"what": _what(thread)}, text

    tell_people(people=[thread.asked_by], key=key, words=words, url=_url(thread), now=now)
