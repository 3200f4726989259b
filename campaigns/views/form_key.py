"""A form sent twice acts once: for pages whose action takes no key of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from campaigns.actions.idempotency import once, result_of
from campaigns.forms.idempotency import posted_key

from .reporting_access import signed_in

#: What differs between two sendings of the same form without saying anything.
_UNSAID = ("csrfmiddlewaretoken", "form_key")


def run_once(request: HttpRequest, act: Callable[[], dict[str, Any] | None], *, now: dt.datetime) -> dict[str, Any]:
    """Run ``act`` for the first sending of the form and return what it says; later sendings return the same.

    ``act`` returns plain JSON (ids) or nothing. A request without a key of ours acts each time: only a script sends
    one. Raises IdempotencyMismatch where the key came before with other content. A refusal uses no key.
    """
    key = posted_key(request.POST)
    if not key:
        return act() or {}
    with once(actor=signed_in(request), key=key, request=_asked(request), now=now) as earlier:
        if earlier.result is not None:
            return earlier.result
        result = act() or {}
        earlier.keep(result)
    return result


def was_sent(request: HttpRequest) -> bool:
    """Whether this very form was sent before and acted. Raises IdempotencyMismatch where its content was another."""
    key = posted_key(request.POST)
    return bool(key) and result_of(actor=signed_in(request), key=key, request=_asked(request)) is not None


def _asked(request: HttpRequest) -> list[Any]:
    """Everything that was sent, as plain data; of files their digest, of passwords nothing."""
    said = sorted(
        (name, values) for name, values in request.POST.lists() if name not in _UNSAID and "password" not in name
    )
    files = []
    for name, sent in request.FILES.lists():
        for file in sent:
            digest = hashlib.sha256(b"".join(file.chunks())).hexdigest()
            file.seek(0)
            files.append([name, digest])
    return [request.get_full_path(), said, files]
