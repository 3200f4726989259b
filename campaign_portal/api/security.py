"""Who reads: a key in the ``Authorization`` header, what it may read, and how often."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle

from campaigns.actions.api_tokens import token_of
from campaigns.enums import ApiScope
from campaigns.models import ApiToken, User


class KeyAuth(HttpBearer):
    """``Authorization: Bearer <key>``; anything but a key in force is 401, without saying why."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return token_of(key=token, now=timezone.now())


class PerKey(AuthRateThrottle):
    """So many requests a minute for each key, counted in the cache that all processes share."""

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"api-rate-{token_in(request).pk}"


class OutOfScope(Exception):
    """The key does not name what was asked for."""


def token_in(request: HttpRequest) -> ApiToken:
    """Return the key a request came with."""
    token: Any = getattr(request, "auth", None)
    assert isinstance(token, ApiToken)
    return token


def reader(request: HttpRequest, scope: ApiScope) -> User:
    """Return the account the key reads as. Raises OutOfScope."""
    token = token_in(request)
    if not token.may_read(scope):
        raise OutOfScope
    return token.owner
