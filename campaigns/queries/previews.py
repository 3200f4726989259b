"""Files with what can be shown of them: ready, on its way, not to be drawn, or damaged on disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch

from campaigns.enums import PreviewState
from campaigns.files.checks import CONTENT_TYPES
from campaigns.models import EvidenceFault, EvidenceFile, Preview, PreviewPage

#: Types that the worker draws; the same table as ``drawing.draw``, which pages need not load.
_DRAWN = (CONTENT_TYPES["pdf"], CONTENT_TYPES["jpg"], CONTENT_TYPES["png"])


@dataclass(frozen=True)
class ShownFile:
    """One file beside a value."""

    file: EvidenceFile
    state: str  # ready, drawing (being drawn), plain (a download only), damaged
    pages: list[PreviewPage] = field(default_factory=list)
    preview: Preview | None = None

    @property
    def more_pages(self) -> int:
        """Pages of the file that the preview leaves out."""
        return self.preview.page_count - len(self.pages) if self.preview else 0


def shown_files(files: Iterable[EvidenceFile]) -> dict[int, ShownFile]:
    """Return each file (by its key) with its preview. Three queries whatever the number."""
    wanted = {file.pk: file for file in files}
    hashes = {file.sha256 for file in wanted.values()}
    damaged = set(
        EvidenceFault.objects.filter(sha256__in=hashes, mended_at__isnull=True).values_list("sha256", flat=True)
    )
    pages = Prefetch("pages", PreviewPage.objects.order_by("number"), to_attr="shown_pages")
    previews = {row.sha256: row for row in Preview.objects.filter(sha256__in=hashes).prefetch_related(pages)}
    return {pk: _shown(file, previews.get(file.sha256), file.sha256 in damaged) for pk, file in wanted.items()}


def _shown(file: EvidenceFile, preview: Preview | None, is_damaged: bool) -> ShownFile:
    if is_damaged:
        return ShownFile(file, "damaged")
    if preview is not None and preview.state == PreviewState.READY:
        return ShownFile(file, "ready", list(getattr(preview, "shown_pages", [])), preview)
    if preview is None and file.content_type in _DRAWN:
        return ShownFile(file, "drawing")
    return ShownFile(file, "plain")
