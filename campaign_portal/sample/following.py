"""What goes on in the running campaign on the reference day: announcements, questions, a late exception, drafts."""

from __future__ import annotations

import datetime as dt

from campaign_portal.sample.calendar import moment
from campaign_portal.sample.threads import threads
from campaigns.actions.drafts import DraftEntry, save_drafts
from campaigns.actions.periods import approve_late_exception
from campaigns.actions.registers import save_register_row
from campaigns.calendar import local_day
from campaigns.display import input_number
from campaigns.enums import EntryKind
from campaigns.models import (
    Announcement,
    Campaign,
    Participant,
    Period,
    User,
)
from campaigns.queries.reporting_grid import read_grid

#: (by, days, time, title, text)
ANNOUNCEMENTS = (
    (
        "noivu1",
        -12,
        "08:30",
        "Đề nghị gửi hồ sơ khen thưởng sơ kết 45 ngày",
        "Các đơn vị đủ điều kiện hoàn thiện hồ sơ trên hệ thống; văn bản đề nghị và biên bản xét ghi đủ số, ngày.",
    ),
    (
        "noivu1",
        -4,
        "14:00",
        "Nhắc nộp báo cáo kỳ 8",
        "Đơn vị chưa gửi báo cáo kỳ 8 khẩn trương gửi trước giờ khóa sổ; số liệu bị trả lại cần gửi lại đúng hạn.",
    ),
)
LATE_UNIT, LATE_REASON = "TTGDNN", "Cán bộ phụ trách nghỉ ốm dài ngày; đơn vị đã có văn bản xin gửi bổ sung."
#: Unit → how many boxes of the open period its reporter has filled in and not sent.
DRAFTS = {"P01": 3, "P05": 6, "TNMT": 4}


def follow_up(campaign: Campaign, *, to: dt.date, now: dt.datetime) -> None:
    """Say, ask and draft what the reference day shows. Everything is dated before ``now``; drafts are of ``now``."""
    for by, days, time, title, text in ANNOUNCEMENTS:
        save_register_row(
            row=Announcement(campaign=campaign, title=title, text=text),
            by=User.objects.get(username=by),
            now=moment(to, days, time),
        )
    threads(campaign, to=to, now=now)
    _late_exception(campaign, to, now)
    for code, boxes in DRAFTS.items():
        _drafts(campaign, code, boxes, now)


def _late_exception(campaign: Campaign, to: dt.date, now: dt.datetime) -> None:
    """Open the last locked period for one unit until two days from now."""
    period = Period.objects.filter(campaign=campaign, locks_at__lt=now).order_by("-ends_on").first()
    if period is None:
        return
    approve_late_exception(
        participant_id=Participant.objects.get(campaign=campaign, code=LATE_UNIT).pk,
        period_id=period.pk,
        ends_at=moment(to, 2, "17:00"),
        reason=LATE_REASON,
        by=User.objects.get(username="noivu1"),
        now=moment(to, -1, "16:10"),
    )


def _drafts(campaign: Campaign, code: str, boxes: int, now: dt.datetime) -> None:
    """Fill in the first due boxes of the running period with what the unit reported last."""
    participant = Participant.objects.get(campaign=campaign, code=code)
    period = Period.objects.filter(campaign=campaign).current(on=local_day(now)).get()
    due = [
        box
        for box in read_grid(participant=participant, period=period, now=now).boxes
        if box.is_open and box.is_due and not box.is_milestone and box.last_value is not None
    ]
    save_drafts(
        participant=participant,
        period=period,
        entries={
            box.target.pk: (DraftEntry(kind=EntryKind.NUMBER, typed=input_number(box.last_value)), 0)
            for box in due[:boxes]
        },
        by=User.objects.get(username=f"baocao.{code.lower()}"),
        now=now,
    )
