"""From where an act comes: kept in the audit trail with everything a request does."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from campaigns.actions.audit import origin


class AuditOrigin:
    """Name the address and a number of the request in every audit entry it leads to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as coming from its address."""
        with origin(address=client_address(request), request=secrets.token_hex(8)):
            return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """Return the address of who asks: of X-Forwarded-For only what our own proxies wrote is believed."""
    proxies = settings.TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies][:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
