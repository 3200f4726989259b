"""Stored files on their way out: hashed again, and nothing a browser would run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns import evidence
from campaigns.actions.evidence_scan import ask_for_check
from campaigns.files.names import attachment_header
from campaigns.models import EvidenceFile


def download_of(request: HttpRequest, file: EvidenceFile) -> HttpResponse:
    """Return a stored file as something a browser can only save; damaged, a page that says so (409).

    Whoever asks has been checked. Damage is looked into by the worker, which tells those in charge.
    """
    try:
        content = evidence.read(file.sha256)
    except evidence.EvidenceDamaged:
        ask_for_check(sha256=file.sha256, now=timezone.now())
        return render(request, "campaigns/evidence_damaged.html", {"file": file}, status=409)
    response = _inert(content, file.content_type)
    response["Content-Disposition"] = attachment_header(file.name)
    return response


def picture_of(sha256: str) -> HttpResponse:
    """Return one picture of a preview, to be shown in a page. Raises EvidenceDamaged."""
    return _inert(evidence.read(sha256, shelf=evidence.PREVIEWS), "image/png")


def _inert(content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
