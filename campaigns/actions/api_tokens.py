"""Keys of the data interface: made, revoked, found again by what another system sends."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.calendar import cut_off, local_day
from campaigns.enums import ApiScope
from campaigns.models import ApiToken, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

from .audit import record
from .records import PlanRefused

#: A key lives no longer than this; the other system asks for a new one in time.
LONGEST = dt.timedelta(days=366)
#: Written at most this often, so that reading writes rarely.
USED_EVERY = dt.timedelta(minutes=5)
PREFIX = "ptd_"


@transaction.atomic
def issue_token(
    *, name: str, owner_id: int, scopes: Iterable[ApiScope], last_day: dt.date, by: User, now: dt.datetime
) -> tuple[ApiToken, str]:
    """Make a key that reads as its owner until the end of a local day; return it with the key itself.

    The key is 32 random bytes and is nowhere kept. Raises PermissionDenied, PlanRefused, User.DoesNotExist.
    """
    require(by, Permission.MANAGE_ACCOUNTS, on=local_day(now))
    owner = User.objects.get(pk=owner_id)
    named = sorted({ApiScope(scope).value for scope in scopes})
    expires_at = cut_off(last_day)
    if not owner.is_active:
        raise PlanRefused(_("This account is switched off: a key could not read as it."))
    if not named:
        raise PlanRefused(_("Choose what the key may read."))
    if not now < expires_at <= now + LONGEST:
        raise PlanRefused(_("The last day lies between today and a year from now."))
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=normalise(name), owner=owner, digest=digest_of_key(key), hint=key[:8], scopes=named,
        expires_at=expires_at, created_by=by, created_at=now,
    )  # fmt: skip
    record(
        action="api_token.issued", subject=token, by=by, now=now,
        after={"name": token.name, "reads_as": owner.username, "scopes": named, "until": last_day},
    )  # fmt: skip
    return token, key


@transaction.atomic
def revoke_token(*, token_id: int, by: User, now: dt.datetime) -> ApiToken:
    """Revoke a key: its next request is refused. Raises PermissionDenied, PlanRefused, ApiToken.DoesNotExist."""
    require(by, Permission.MANAGE_ACCOUNTS, on=local_day(now))
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token_id)
    if token.revoked_at is not None:
        raise PlanRefused(_("The key has been revoked already."))
    token.revoked_by, token.revoked_at = by, now
    token.save(update_fields=["revoked_by", "revoked_at"])
    record(action="api_token.revoked", subject=token, by=by, now=now, before={"name": token.name})
    return token


def token_of(*, key: str, now: dt.datetime) -> ApiToken | None:
    """Return the key in force that was sent, and note when it was used; None for any other."""
    token = ApiToken.objects.in_force(now=now).select_related("owner").filter(digest=digest_of_key(key)).first()
    if token is not None and (token.last_used_at is None or now - token.last_used_at >= USED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def digest_of_key(key: str) -> str:
    """Return what is kept of a key. It is random and long, so a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode()).hexdigest()
