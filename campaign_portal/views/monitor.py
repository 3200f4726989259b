"""The addresses that a monitor asks."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaign_portal.health import is_ready


@require_GET
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Say whether the portal can work: its database answers. For monitors; it names nothing inside."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database"}, status=503)
    return JsonResponse({"status": "ok"})


@require_GET
@login_not_required
def readiness(request: HttpRequest) -> HttpResponse:
    """Say whether the portal is ready (database of this version, living worker); it names nothing inside."""
    ready = is_ready(now=timezone.now())
    return JsonResponse({"status": "ready" if ready else "not ready"}, status=200 if ready else 503)
