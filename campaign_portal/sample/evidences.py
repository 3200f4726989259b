"""Evidence behind values that wait on the reference day: minutes of a check as PDF, and their photograph."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

from django.conf import settings
from django.db import transaction
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from campaigns.actions.notices import people_of
from campaigns.actions.previews import make_preview
from campaigns.actions.uploads import check_upload, keep_file
from campaigns.calendar import local_day
from campaigns.display import local_date, number
from campaigns.models import Campaign, Measurement, MeasurementEvidence

#: How many waiting values carry evidence.
VALUES = 12
#: Every fourth as the queue shows them, so that its first pages hold some.
IN_QUEUE = (
    "period_end",
    "target__indicator__area__number",
    "target__indicator__code",
    "target__participant__sort_key",
    "pk",
)
_PAGE = (1240, 1754)  # A4 at 150 dots per inch
_FONT = Path(settings.BASE_DIR) / "static/vendor/liberation-serif-2.1.5"


def back_with_evidence(campaign: Campaign, *, now: dt.datetime) -> None:
    """Put minutes behind some of the values that wait."""
    rows = (
        Measurement.objects.filter(target__campaign=campaign, verdict="")
        .exclude(evidence__isnull=False)
        .select_related("target__participant__campaign", "target__indicator__provider__campaign", "period")
        .order_by(*IN_QUEUE)[: 4 * VALUES : 4]
    )
    for place, row in enumerate(rows):
        page = _minutes(row)
        _attach(row, f"Biên bản đối chiếu kỳ {row.period.code}.pdf", _saved(page, "PDF"), now=now)
        if place % 2 == 0:
            _attach(row, f"Ảnh hồ sơ {row.target.indicator.code}.jpg", _saved(_photographed(page), "JPEG"), now=now)


def _attach(row: Measurement, name: str, content: bytes, *, now: dt.datetime) -> None:
    reporter = row.target.indicator.provider or row.target.participant
    by = people_of([reporter.unit_id], on=local_day(now))[0]
    upload = check_upload(participant=reporter, content=content, name=name, by=by, now=now)
    with transaction.atomic():
        file = keep_file(participant=reporter, upload=upload, by=by, now=row.sent_at)
        MeasurementEvidence.objects.create(measurement=row, file=file)
    make_preview(sha256=file.sha256, now=now)


def _minutes(row: Measurement) -> Image.Image:
    """One page of minutes, typed as an office types them."""
    page = Image.new("RGB", _PAGE, "white")
    pen = ImageDraw.Draw(page)
    plain, bold = (ImageFont.truetype(_FONT / f"LiberationSerif-{face}.ttf", 30) for face in ("Regular", "Bold"))
    target = row.target
    lines = (
        (bold, target.participant.name.upper()),
        (bold, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (bold, "Độc lập - Tự do - Hạnh phúc"),
        (plain, ""),
        (bold, "BIÊN BẢN ĐỐI CHIẾU SỐ LIỆU"),
        (plain, f"Kỳ báo cáo {row.period.code}, đến ngày {local_date(row.period_end)}"),
        (plain, ""),
        (plain, f"Chỉ tiêu {target.indicator.code}: {target.indicator.name}"),
        (plain, f"Số liệu đối chiếu: {'không phát sinh' if row.nothing else number(row.value)}"),
        (plain, "Căn cứ sổ theo dõi và hồ sơ gốc lưu tại đơn vị, hai bên thống nhất số liệu trên."),
        (plain, ""),
        (bold, "NGƯỜI LẬP BIỂU                         THỦ TRƯỞNG ĐƠN VỊ"),
    )
    for place, (font, text) in enumerate(lines):
        for part, shown in enumerate(_wrapped(text, 62)):
            pen.text((120, 140 + 62 * place + 40 * part), shown, font=font, fill="black")
    return page


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f"{word} "
    return lines[:2]


def _photographed(page: Image.Image) -> Image.Image:
    """The page as a phone sees it on a desk."""
    desk = Image.new("RGB", (1600, 1200), (112, 88, 66))
    sheet = page.resize((760, 1075)).rotate(4, expand=True, fillcolor=(112, 88, 66), resample=Image.Resampling.BICUBIC)
    desk.paste(sheet, (390, 30))
    return desk.filter(ImageFilter.GaussianBlur(0.8))


def _saved(picture: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, form)
    return out.getvalue()
