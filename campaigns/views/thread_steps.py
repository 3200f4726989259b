"""What may be done in an explanation or an appeal: the steps as data, shown as forms, taken by one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import Promise

from campaigns.models import Appeal, Explanation
from campaigns.workflow import ThreadAct, may_move_thread

from .reporting_access import signed_in
from .thread_pages import attempt


class Side(StrEnum):
    """On which side of a thread a person stands; nobody, one or both may be theirs."""

    UNIT = "unit"
    IN_CHARGE = "in_charge"


UNIT, IN_CHARGE = frozenset({Side.UNIT}), frozenset({Side.IN_CHARGE})


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that may be done in a thread."""

    act: ThreadAct  # one of those it may come to
    by: frozenset[Side]
    form: type[forms.Form]
    form_in_charge: type[forms.Form] | None = None  # where those in charge say less than the unit
    label: str | Promise
    done: str | Promise
    icon: str
    call: Callable[..., object]  # the action, given what the form says

    def form_of(self, sides: frozenset[Side]) -> type[forms.Form]:
        """Return the form for a person on these sides."""
        return self.form if self.form_in_charge is None or Side.UNIT in sides else self.form_in_charge


Steps = Mapping[str, Step]  # by the word of the address

#: Fields of the forms that the actions call otherwise.
_ARGUMENTS = {"version": "seen", "form_key": "key", "papers": "files"}


def take_step(
    request: HttpRequest, steps: Steps, word: str, sides: frozenset[Side], **thread: int
) -> tuple[forms.Form, int]:
    """Take the step of the address as the request says; return its form and the status of the answer.

    404 for a word that is none, 403 for a step of the other side.
    """
    step = steps.get(word)
    if step is None:
        raise Http404
    if not sides & step.by:
        raise PermissionDenied
    form = step.form_of(sides)(request.POST, request.FILES, auto_id=f"{word}-%s")

    def act(said: dict[str, Any]) -> None:
        given = {_ARGUMENTS.get(name, name): value for name, value in said.items()}
        step.call(**thread, **given, by=signed_in(request), now=timezone.now())

    status = attempt(form, act)
    if status == 200:
        messages.success(request, str(step.done))
    return form, status


def shown_steps(
    steps: Steps,
    thread: Explanation | Appeal,
    sides: frozenset[Side],
    refused: Mapping[str, forms.Form],
    *,
    first_open: bool = True,
    **initial: Any,
) -> list[dict[str, Any]]:
    """Return the forms of what the person may do now, the first one open; one that was refused as it was sent."""
    shown: list[dict[str, Any]] = []
    for word, step in steps.items():
        if word not in refused and not (sides & step.by and may_move_thread(thread, step.act)):
            continue
        form = refused.get(word) or step.form_of(sides)(
            initial={"version": thread.version, **initial}, auto_id=f"{word}-%s"
        )
        shown.append({"word": word, "form": form, "label": step.label, "icon": step.icon, "open": word in refused})
    if shown and not refused and first_open:
        shown[0]["open"] = True
    return shown
