"""Exemplars of the sample through the domain's actions, with drawn pictures, and the plan on the public page."""

from __future__ import annotations

import datetime as dt
import io

from PIL import Image, ImageDraw

from awards.actions.public_plan import save_public_plan
from awards.actions.stories import StoryData, publish, save_story, send_for_review
from awards.enums import RecipientKind
from campaign_portal.sample import awards as data
from campaign_portal.sample.calendar import moment
from campaigns.actions.threads import SentFile
from campaigns.models import Campaign, Participant, User

_SIZE = (960, 640)

PLAN = (
    "I. MỤC ĐÍCH, YÊU CẦU\n"
    "Phát động phong trào thi đua cao điểm 90 ngày nhằm hoàn thành và hoàn thành vượt mức các chỉ tiêu kinh tế - xã "
    "hội, quốc phòng - an ninh; phát hiện, nhân rộng các điển hình tiên tiến.\n\n"
    "II. NỘI DUNG THI ĐUA\n"
    "Các phòng, ban, ngành, đơn vị và phường tập trung vào các nội dung nêu dưới đây, xây dựng kế hoạch của đơn vị "
    "mình và tổ chức phát động.\n\n"
    "III. TỔ CHỨC THỰC HIỆN\n"
    "Thủ trưởng các đơn vị chịu trách nhiệm về kết quả thi đua. Phòng Văn hóa và Thông tin tuyên truyền kế hoạch và "
    "các điển hình tiên tiến. Phòng Nội vụ theo dõi, đôn đốc, tổng hợp, đề nghị khen thưởng."
)


def tell_stories(campaign: Campaign, *, to: dt.date, reviewer: User) -> None:
    """Write, send and publish the stories; the one without a day of publishing waits for its review."""
    units = {row.code: row for row in Participant.objects.filter(campaign=campaign)}
    for place, row in enumerate(data.EXEMPLARS):
        writer = User.objects.get(username=row.by)
        days = -2 if row.published_days is None else row.published_days
        story = save_story(
            participant_id=units[row.unit].pk,
            data=StoryData(
                kind=RecipientKind(row.kind),
                name=row.name,
                title=row.title,
                story=row.story,
                picture_text=row.picture,
                has_consent=row.kind != RecipientKind.COLLECTIVE,
            ),
            picture=SentFile(f"dien-hinh-{place + 1}.jpg", _drawn(at_night=place == 1)) if row.picture else None,
            key=f"sample-story-{campaign.code}-{place}",
            by=writer,
            now=moment(to, days, "08:00"),
        )
        story = send_for_review(story_id=story.pk, version=story.version, by=writer, now=moment(to, days, "08:10"))
        if row.published_days is not None:
            publish(story_id=story.pk, version=story.version, by=reviewer, now=moment(to, days, "09:00"))
    save_public_plan(
        campaign_id=campaign.pk,
        text=PLAN,
        is_published=True,
        key=f"sample-public-plan-{campaign.code}",
        by=User.objects.get(username="xuatban"),
        now=moment(to, -20, "10:00"),
    )


def _drawn(*, at_night: bool) -> bytes:
    """A street with houses, trees and flowers: nobody's photograph."""
    width, height = _SIZE
    page = Image.new("RGB", _SIZE, "#24304f" if at_night else "#bfe0f5")
    pen = ImageDraw.Draw(page)
    ground = int(height * 0.72)
    for place, tone in enumerate(("#d98e5f", "#e9c46a", "#c96f6f", "#8ab0ab", "#dfa36b")):
        left, top = place * 200 - 30, ground - 220 - (place % 2) * 60
        pen.rectangle((left, top, left + 170, ground), fill=tone)
        pen.polygon(((left - 12, top), (left + 85, top - 70), (left + 182, top)), fill="#7a3b2e")
        for column in (0, 1):
            window = (left + 28 + column * 70, top + 45, left + 68 + column * 70, top + 95)
            pen.rectangle(window, fill="#ffe9a8" if at_night else "#eef7fb")
        pen.rectangle((left + 65, ground - 80, left + 105, ground), fill="#5b3a29")
    pen.rectangle((0, ground, width, height), fill="#4b4b52" if at_night else "#b9b4a7")
    for step in range(0, width, 120):
        pen.rectangle((step + 50, ground - 50, step + 58, ground + 30), fill="#6b4a2f")
        pen.ellipse((step + 14, ground - 140, step + 94, ground - 40), fill="#2d6a4f" if at_night else "#57a773")
    for step in range(8, width, 26):
        colour = ("#e63946", "#f4a261", "#ffd166", "#c77dff")[step // 26 % 4]
        pen.ellipse((step, height - 70 + step % 3 * 8, step + 16, height - 54 + step % 3 * 8), fill=colour)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=85)
    return out.getvalue()
