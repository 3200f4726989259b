"""The verification queue: one set of pages, shown in the administration and to verifying units."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Measurement, User
from campaigns.queries.verdict_cases import VerdictDesk
from campaigns.queries.verification_queue import scope_of_verifier
from campaigns.views.confirmation import handled_units
from campaigns.views.reporting_access import signed_in

from .pages import Place
from .queue import QueuePages
from .together import TogetherPages
from .verdicts import VerdictPages


class VerificationPages(QueuePages, VerdictPages, TogetherPages):
    """All pages of the queue in one place."""


def _scope(user: User, desk: VerdictDesk, campaign: Campaign) -> QuerySet[Measurement]:
    return scope_of_verifier(desk, campaign)


def _context(request: HttpRequest) -> dict[str, Any]:
    return {"title": _("Verification"), "stands_in": bool(handled_units(signed_in(request), timezone.now()))}


UNIT_PAGES = VerificationPages(
    Place(
        address="campaigns:verify_",
        frame="campaigns/verify_frame.html",
        scope=_scope,
        context=_context,
        of_units=True,
    )
)

__all__ = ["UNIT_PAGES", "Place", "VerificationPages"]
