"""Pictures of evidence: asked for when a file comes in, drawn by the worker, once a content."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from campaigns import evidence
from campaigns.drawing.draw import DRAWN_TYPES, CannotDraw, Drawn, draw
from campaigns.enums import PreviewState
from campaigns.models import EvidenceFile, Preview, PreviewPage

from .outbox import enqueue

TOPIC = "evidence.preview"


def ask_for_preview(file: EvidenceFile, *, now: dt.datetime) -> bool:
    """Ask the worker for a file's preview where its type has one and it lacks it; return whether it was asked for.

    Inside a transaction, before its entry of the trail.
    """
    if file.content_type not in DRAWN_TYPES or Preview.objects.filter(sha256=file.sha256).exists():
        return False
    enqueue(topic=TOPIC, key=file.sha256, now=now)
    return True


def make_preview(*, sha256: str, now: dt.datetime) -> str:
    """Draw the content with this hash and keep its pictures; return one sentence. Doing it again changes nothing.

    A file that cannot be drawn is remembered as such. Raises EvidenceDamaged, EvidenceStoreFull.
    """
    file = EvidenceFile.objects.filter(sha256=sha256).first()
    if file is None or Preview.objects.filter(sha256=sha256).exists():
        return "Nothing to draw."
    content = evidence.read(sha256)
    try:
        drawn = draw(content, content_type=file.content_type)
    except CannotDraw as error:
        _keep(Preview(sha256=sha256, state=PreviewState.FAILED, made_at=now), [])
        return f"{sha256} cannot be drawn: {error}."
    _keep(*_rows(sha256, drawn, now))
    return f"{len(drawn.pages)} pages of {sha256} drawn."


def drop_preview(sha256: str) -> None:
    """Forget a preview whose pictures are damaged; it is drawn anew when it is asked for."""
    Preview.objects.filter(sha256=sha256).delete()


def _rows(sha256: str, drawn: Drawn, now: dt.datetime) -> tuple[Preview, list[PreviewPage]]:
    """Store the pictures, then return the rows that name them."""
    preview = Preview(
        sha256=sha256,
        state=PreviewState.READY,
        page_count=drawn.page_count,
        small=evidence.store(drawn.small.content, shelf=evidence.PREVIEWS),
        small_width=drawn.small.width,
        small_height=drawn.small.height,
        made_at=now,
    )
    pages = [
        PreviewPage(
            preview=preview,
            number=number,
            sha256=evidence.store(page.content, shelf=evidence.PREVIEWS),
            width=page.width,
            height=page.height,
        )
        for number, page in enumerate(drawn.pages, 1)
    ]
    return preview, pages


def _keep(preview: Preview, pages: list[PreviewPage]) -> None:
    try:
        with transaction.atomic():
            preview.save()
            PreviewPage.objects.bulk_create(pages)
    except IntegrityError:
        if not Preview.objects.filter(sha256=preview.sha256).exists():
            raise
        # another worker drew the same content meanwhile
