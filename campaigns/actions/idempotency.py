"""A form sent twice acts once: the key and the result are written in the transaction of the effect.

A request that crashes leaves nothing behind, so its key is free again; two at once wait for each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import IdempotencyKey, User

from .audit import digest_of
from .refusals import leave_trace_again


class IdempotencyMismatch(ValidationError):
    """The key was used before for something else; the view answers 422."""

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with other content. Open it again and check what was kept."))


class Earlier:
    """What an earlier sending of the same form led to."""

    def __init__(self, result: dict[str, Any] | None) -> None:
        self.result = result  # None: this is the first time
        self.kept: dict[str, Any] | None = None

    def keep(self, result: dict[str, Any]) -> None:
        """Say what the act led to (plain JSON: ids, not objects), for whoever sends the form again."""
        self.kept = result


@contextmanager
def once(*, actor: User, key: str, request: Any, now: dt.datetime) -> Iterator[Earlier]:
    """Run the block for the first sending of a form; give its result to every later one.

    ``request`` is everything the act depends on, as plain data. The block looks at ``earlier.result`` first and
    otherwise acts and calls ``earlier.keep(…)``. Raises IdempotencyMismatch where the key came with another
    request, ValueError for an empty key, RuntimeError where the block keeps no result.
    """
    if not 0 < len(key) <= 64:
        raise ValueError("A form key has 1 to 64 characters.")
    digest = digest_of(request)
    try:
        with _kept(actor, key, digest, now) as earlier:
            yield earlier
    except Exception as refusal:
        leave_trace_again(refusal)  # what the act wrote of it went with the key
        raise


@contextmanager
def _kept(actor: User, key: str, digest: str, now: dt.datetime) -> Iterator[Earlier]:
    with transaction.atomic():
        try:
            with transaction.atomic():  # a second sender waits here until the first has committed or failed
                row = IdempotencyKey.objects.create(actor=actor, key=key, request_digest=digest, created_at=now)
        except IntegrityError:
            found = IdempotencyKey.objects.get(actor=actor, key=key)
            if found.request_digest != digest:
                raise IdempotencyMismatch from None
            yield Earlier(found.result)
            return
        first = Earlier(None)
        yield first
        if first.kept is None:
            raise RuntimeError("An act under a form key keeps its result.")
        row.result = first.kept
        row.save(update_fields=["result"])


def act_once(
    *, actor: User, key: str, request: Any, now: dt.datetime, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Call ``act`` for the first sending of a form and return its result; return that result to every later one.

    As ``once``, for acts that are one call.
    """
    with once(actor=actor, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return earlier.result
        result = act()
        earlier.keep(result)
        return result


def result_of(*, actor: User, key: str, request: Any) -> dict[str, Any] | None:
    """Return what the first sending of a form led to; None where it was not sent yet. Raises IdempotencyMismatch."""
    found = IdempotencyKey.objects.filter(actor=actor, key=key).first()
    if found is not None and found.request_digest != digest_of(request):
        raise IdempotencyMismatch
    return found.result if found is not None else None
