"""Stored files on their way out: hashed again, and nothing a browser would run."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
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
    return attached(content, file.content_type, name=file.name)


def attached(content: bytes, content_type: str, *, name: str) -> HttpResponse:
    """Return bytes as something a browser can only save."""
    response = _inert(content, content_type)
    response["Content-Disposition"] = attachment_header(name)
    return response


def shown_picture(sha256: str, content_type: str, *, shelf: str = "") -> HttpResponse:
    """Return a stored picture (JPEG or PNG, written anew when it came) to be shown in a page; 404 where damaged."""
    if content_type not in ("image/jpeg", "image/png"):
        raise Http404
    try:
        return _inert(evidence.read(sha256, shelf=shelf), content_type)
    except evidence.EvidenceDamaged as error:
        raise Http404 from error


def picture_of(sha256: str) -> HttpResponse:
    """Return one picture of a preview, to be shown in a page. Raises EvidenceDamaged."""
    return _inert(evidence.read(sha256, shelf=evidence.PREVIEWS), "image/png")


def _inert(content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
