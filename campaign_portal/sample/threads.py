"""Explanations, appeals, incident ledgers and activities of the running campaign, through the domain's own actions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from campaign_portal.sample.calendar import moment
from campaigns.actions.activities import ActivityEntry, file_activity
from campaigns.actions.appeals import lodge_on_score, lodge_on_value, settle_appeal, write_in_appeal
from campaigns.actions.explanations import answer_explanation, ask_explanation, close_explanation
from campaigns.actions.ledger import record_incident
from campaigns.calendar import local_day
from campaigns.enums import ReportingMode, VerdictOutcome
from campaigns.models import Appeal, Campaign, Explanation, Measurement, Participant, Target, User
from campaigns.queries.ledgers import goals_of, ledger_targets, reporting_unit_of
from campaigns.thread_rules import keeps_ledger

#: (unit, indicator, asked by, days, time, days to answer, question, (answered by, days, time, answer), (closed …))
EXPLANATIONS = (
    (
        "BQLDA", "CT4.1", "chutich", -6, "15:30", 5,
        "Tỷ lệ giải ngân còn thấp so với tiến độ. Đề nghị nêu rõ nguyên nhân, trách nhiệm và giải pháp từng tuần.",
        ("truong.bqlda", -3, "10:20",
         "Ba gói thầu lớn vướng mặt bằng đã được tháo gỡ; đơn vị cam kết thanh toán khối lượng hoàn thành hằng tuần."),
        None,
    ),
    (
        "P06", "CT7.2", "noivu1", -2, "09:40", 4,
        "Tỷ lệ hồ sơ trực tuyến của phường tăng chậm hai kỳ liền. Đề nghị giải trình và nêu cách khắc phục.",
        None, None,
    ),
    (
        "P09", "CT5.3", "noivu1", -7, "08:15", 4,
        "Tỷ lệ hộ phân loại rác tại nguồn chưa chuyển biến. Đề nghị giải trình và nêu mốc hoàn thành.",
        None, None,
    ),
    (
        "TTPTQD", "CT4.2", "chutich", -20, "14:10", 5,
        "Diện tích mặt bằng bàn giao chậm so với kế hoạch. Đề nghị nêu các hộ còn vướng và thời hạn giải quyết.",
        ("truong.ttptqd", -16, "16:45",
         "Còn 12 hộ chưa nhận tiền bồi thường; đã họp đối thoại, dự kiến bàn giao dứt điểm trong kỳ tới."),
        ("chutich", -14, "09:05", "Đồng ý. Đề nghị báo cáo kết quả vào kỳ gần nhất."),
    ),
)  # fmt: skip

#: (unit, indicator or "" for its score, days, time, grounds, (asked by, days, time, text), (settled by, …, upheld, …))
APPEALS = (
    (
        "P03", "CT7.2", -12, "09:15",
        "Số hồ sơ nộp trực tuyến trên cổng dịch vụ công cao hơn số đã thẩm định. Đề nghị đối chiếu lại.",
        ("noivu3", -11, "14:20", "Đề nghị phường nêu thời điểm trích xuất số liệu trên cổng."),
        ("noivu3", -9, "10:40", False,
         "Số phường nêu trích xuất sau ngày chốt kỳ. Số đã thẩm định khớp với cổng dịch vụ công tại thời điểm chốt."),
    ),
    (
        "P05", "CT5.3", -4, "15:10",
        "Biên bản kiểm tra của tổ công tác ghi nhận số hộ phân loại rác cao hơn số đã thẩm định của kỳ này.",
        None,
        ("noivu1", -1, "11:00", True,
         "Đã đối chiếu biên bản kiểm tra; số phường nêu là đúng. Phòng Nội vụ sẽ nhập đính chính để thẩm định lại."),
    ),
    (
        "P08", "", -1, "16:20",
        "Đơn vị bị tính chậm một báo cáo trong khi đã gửi đúng hạn theo biên nhận. Đề nghị xem lại điểm trừ.",
        None, None,
    ),
)  # fmt: skip

#: (unit, by, days, what, people, text)
ACTIVITIES = (
    ("PN", -30, "Ra quân phân loại chất thải rắn tại nguồn cùng hội viên mười phường", 420,
     "Hướng dẫn từng hộ, phát 1.500 bộ tờ rơi; các chi hội đăng ký tuyến phố tự quản."),
    ("DTN", -17, "Ngày thứ Bảy tình nguyện giải quyết thủ tục hành chính trực tuyến", 85,
     "Hỗ trợ người dân tạo tài khoản định danh và nộp hồ sơ tại bộ phận một cửa."),
    ("CCB", -9, "Tuyên truyền, vận động bàn giao mặt bằng tuyến đường trục A1", 60,
     "Hội viên gương mẫu bàn giao trước, vận động các hộ trong tổ dân phố."),
    ("ND", -5, "Giúp các hộ bị thiệt hại do bão khôi phục sản xuất", 110, "Góp ngày công, giống rau vụ đông."),
    ("P01", -3, "Tổng vệ sinh môi trường, chỉnh trang ngõ phố", 350, "Mười hai tổ dân phố cùng tham gia."),
)  # fmt: skip

#: Indicator → what stands in its ledger; matters of security are counted and not told.
INCIDENTS = {
    "CT5.1": "Hộ dân dựng công trình trên đất không được phép xây dựng; phường đã lập biên bản, yêu cầu tháo dỡ.",
    "CT6.1": "Hộ phát sinh nghèo do có người mắc bệnh hiểm nghèo; đã đưa vào danh sách hỗ trợ.",
    "CT6.5": "Ổ dịch phát hiện chậm; trạm y tế phường đã khoanh vùng, xử lý.",
}


def threads(campaign: Campaign, *, to: dt.date, now: dt.datetime) -> None:
    """Ask, answer, appeal, settle, record and file what the reference day shows."""
    for number, asked in enumerate(EXPLANATIONS):
        _explanation(campaign, asked, to, f"mau-giai-trinh-{number}")
    for number, lodged in enumerate(APPEALS):
        _appeal(campaign, lodged, to, f"mau-kien-nghi-{number}")
    _incidents(campaign, now)
    for number, (unit, days, title, people, text) in enumerate(ACTIVITIES):
        held = moment(to, days, "09:00")
        file_activity(
            participant_id=Participant.objects.get(campaign=campaign, code=unit).pk,
            entry=ActivityEntry(title=title, held_on=local_day(held), people=people, text=text),
            key=f"mau-hoat-dong-{number}",
            by=_reporter(unit),
            now=moment(to, days, "16:30"),
        )


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _reporter(unit: str) -> User:
    return _user(f"baocao.{unit.lower()}")


def _explanation(campaign: Campaign, row: tuple, to: dt.date, key: str) -> None:
    unit, indicator, asked_by, days, time, allowed, question, answer, end = row
    target = Target.objects.get(campaign=campaign, participant__code=unit, indicator__code=indicator)
    asked = moment(to, days, time)
    thread: Explanation = ask_explanation(
        target_id=target.pk,
        question=question,
        answer_by=local_day(asked) + dt.timedelta(days=allowed),
        key=f"{key}-hoi",
        by=_user(asked_by),
        now=asked,
    )
    if answer is not None:
        by, days, time, text = answer
        answer_explanation(
            text=text, seen=1, key=f"{key}-dap", by=_user(by), now=moment(to, days, time), explanation_id=thread.pk
        )
    if end is not None:
        by, days, time, text = end
        close_explanation(
            text=text, seen=2, key=f"{key}-xong", by=_user(by), now=moment(to, days, time), explanation_id=thread.pk
        )


def _appeal(campaign: Campaign, row: tuple, to: dt.date, key: str) -> None:
    unit, indicator, days, time, grounds, question, outcome = row
    participant = Participant.objects.get(campaign=campaign, code=unit)
    lodged, head = moment(to, days, time), _user(f"truong.{unit.lower()}")
    common: dict[str, Any] = {"grounds": grounds, "key": f"{key}-gui", "by": head, "now": lodged}
    if indicator:
        values = Measurement.objects.filter(
            target__participant=participant,
            target__indicator__code=indicator,
            verdict__in=(VerdictOutcome.ACCEPTED, VerdictOutcome.ADJUSTED),
            verdict_at__lt=lodged,
        )
        value = values.order_by("period_end", "sent_at").last()
        assert value is not None  # the workbook has values of every period
        appeal: Appeal = lodge_on_value(measurement_id=value.pk, **common)
    else:
        day = local_day(lodged) - dt.timedelta(days=1)
        appeal = lodge_on_score(participant_id=participant.pk, day=day, **common)
    seen = 1
    if question is not None:
        by, days, time, text = question
        write_in_appeal(
            appeal_id=appeal.pk, text=text, seen=1, key=f"{key}-hoi", by=_user(by), now=moment(to, days, time)
        )
        seen = 2
    if outcome is not None:
        by, days, time, upheld, text = outcome
        settle_appeal(
            appeal_id=appeal.pk,
            upheld=upheld,
            outcome=text,
            seen=seen,
            key=f"{key}-xong",
            by=_user(by),
            now=moment(to, days, time),
        )


def _incidents(campaign: Campaign, now: dt.datetime) -> None:
    """Fill the ledgers with what the reports of the targets to be held at zero have counted."""
    targets = list(ledger_targets(campaign))
    goals = goals_of(targets, on=local_day(now))
    heads = {row.unit_id: row.code for row in Participant.objects.filter(campaign=campaign)}
    for target in targets:
        if not keeps_ledger(kind=target.indicator.kind, goal=goals[target.pk]):
            continue
        before = Decimal(0)
        for value in _latest_values(target):
            reported = value.verified_value if value.verified_value is not None else value.value
            if reported is None:
                continue
            increment = target.indicator.mode == ReportingMode.INCREMENT
            count = int(reported if increment else reported - before)
            before = reported
            if count > 0:
                record_incident(
                    target_id=target.pk,
                    happened_on=value.period_end - dt.timedelta(days=2),
                    count=count,
                    description=INCIDENTS.get(target.indicator.code, ""),
                    key=f"mau-vu-viec-{value.pk}",
                    by=_reporter(heads[reporting_unit_of(target)]),
                    now=now,
                )


def _latest_values(target: Target) -> list[Measurement]:
    """The value that holds of each period, by period."""
    rows = Measurement.objects.filter(target=target).exclude(verdict=VerdictOutcome.RETURNED)
    return list({row.period_end: row for row in rows.order_by("period_end", "sent_at", "pk")}.values())
