"""The unit's own papers behind the sample's proposals: one scanned page for each kind, marked as sample data."""

from __future__ import annotations

import datetime as dt
import functools
import io
from pathlib import Path

from django.conf import settings
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from awards.actions.proposals import attach
from awards.enums import PaperKind
from awards.models import Proposal
from campaigns.actions.previews import make_preview
from campaigns.actions.uploads import check_upload, keep_file
from campaigns.models import EvidenceFile, User

_PAGE = (620, 877)  # A4 at 75 dots per inch
_FONT = Path(settings.BASE_DIR) / "static/vendor/liberation-serif-2.1.5/LiberationSerif-Bold.ttf"
_TITLES = {
    PaperKind.REQUEST: ("Văn bản đề nghị", "VĂN BẢN ĐỀ NGHỊ KHEN THƯỞNG"),
    PaperKind.REPORT: ("Báo cáo thành tích có xác nhận", "BÁO CÁO THÀNH TÍCH"),
    PaperKind.MINUTES: ("Biên bản xét", "BIÊN BẢN XÉT KHEN THƯỞNG"),
}


def attach_papers(proposal: Proposal, *, by: User, now: dt.datetime) -> None:
    """Attach request, confirmed report and minutes to a draft, as its unit does before submitting."""
    for kind, (name, _title) in _TITLES.items():
        upload = check_upload(
            participant=proposal.participant, content=_page(kind), name=f"{name}.pdf", by=by, now=now, subject=proposal
        )
        is_first = not EvidenceFile.objects.filter(sha256=upload.sha256_as_sent).exists()
        with transaction.atomic():
            file = keep_file(participant=proposal.participant, upload=upload, by=by, now=now)
            attach(proposal_id=proposal.pk, file_id=file.pk, by=by, now=now, kind=kind)
        if is_first:  # one page serves every unit, so it is drawn once
            make_preview(sha256=file.sha256, now=now)


@functools.cache
def _page(kind: PaperKind) -> bytes:
    page = Image.new("L", _PAGE, 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(_FONT, 18)
    lines = (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "",
        _TITLES[kind][1],
        "",
        "(Dữ liệu mẫu)",
    )
    for place, text in enumerate(lines):
        pen.text((_PAGE[0] / 2, 90 + 36 * place), text, font=font, fill=0, anchor="mm")
    out = io.BytesIO()
    page.save(out, "PDF")
    return out.getvalue()
