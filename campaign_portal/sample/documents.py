"""What units said in their signed reports, and the documents written so far: briefings, minutes, decisions."""

from __future__ import annotations

import datetime as dt

from awards.actions.certificates import number_awards, request_certificates
from awards.actions.documents import Source, write_document
from awards.documents.procedure import REFUSED_STATES
from awards.enums import DossierState
from awards.models import AwardDecision, CouncilSession, Dossier, Proposal
from campaigns.models import Campaign, Participant, Period, Report, Submission, User

STAFF, CHAIRMAN = "noivu3", "chutich"
#: Unit → outstanding results, difficulties, proposals of its signed reports.
TEXTS = {
    "P01": (
        "Vận động 100 % hộ mặt đường tháo dỡ mái che vi phạm; thu thuế phi nông nghiệp vượt 6 % kế hoạch quý.",
        "Lượng rác tập kết tại chợ tạm chưa giảm do thiếu điểm trung chuyển.",
        "Đề nghị bố trí điểm trung chuyển rác tại khu đất trống tổ 14.",
    ),
    "P03": (
        "Hoàn thành cấp tài khoản định danh mức 2 cho người đủ điều kiện ở 5/7 tổ dân phố.",
        "Một số người cao tuổi chưa có điện thoại đăng ký chính chủ.",
        "Đề nghị Công an quận tăng cường một tổ cấp lưu động vào thứ bảy.",
    ),
    "P06": (
        "Tổ công nghệ số cộng đồng hướng dẫn 312 lượt người dân nộp hồ sơ trực tuyến.",
        "Hồ sơ trực tuyến tăng chậm vì mạng tại bộ phận một cửa không ổn định.",
        "Đề nghị nâng cấp đường truyền cho bộ phận một cửa.",
    ),
    "TCKH": (
        "Thu ngân sách đạt 97 % dự toán năm; đã trình điều chỉnh 4 dự án giải ngân chậm.",
        "Hai dự án chuyển tiếp vướng quyết toán vật liệu.",
        "",
    ),
    "BQLDA": (
        "Bàn giao mặt bằng gói thầu số 3, thanh toán khối lượng hoàn thành 12,4 tỷ đồng.",
        "Còn 9 hộ chưa đồng thuận phương án bồi thường tuyến đường ven sông.",
        "Đề nghị Chủ tịch chủ trì đối thoại với 9 hộ trước ngày 30 của tháng.",
    ),
    "TNMT": (
        "Hoàn thiện hồ sơ đấu giá 3 thửa đất xen kẹt; xử lý 11 điểm đổ trộm phế thải.",
        "Thiếu nhân lực thẩm định hồ sơ đất đai trong tuần cao điểm.",
        "",
    ),
}
RESULTS_FROM = 2  # of the last due periods


def add_texts(campaign: Campaign, *, now: dt.datetime) -> None:
    """Give the last due periods the texts that units signed with their reports."""
    units = {row.code: row for row in Participant.objects.filter(campaign=campaign, code__in=TEXTS)}
    periods = list(Period.objects.filter(campaign=campaign, due_at__lt=now).order_by("-ends_on")[:RESULTS_FROM])
    for period in periods:
        for code, unit in units.items():
            leader = User.objects.filter(username=f"truong.{code.lower()}").first()
            if leader is None:
                continue
            results, difficulties, proposals = TEXTS[code]
            texts = {"results": results, "difficulties": difficulties, "proposals": proposals}
            report, _made = Report.objects.get_or_create(
                participant=unit, period=period, defaults={**texts, "updated_by": leader}
            )
            Submission.objects.create(
                report=report,
                number=f"BN-{code}-{period.code}",
                sent_at=period.due_at - dt.timedelta(hours=3),
                sent_by=leader,
                **texts,
            )


def write_documents(campaigns: list[Campaign], *, now: dt.datetime) -> None:
    """Write what staff would have written by now, and ask for the certificates of last year's decision."""
    people = {user.username: user for user in User.objects.filter(username__in=(STAFF, CHAIRMAN))}
    staff, chairman = people[STAFF], people[CHAIRMAN]
    for dossier in Dossier.objects.filter(state=DossierState.PRESENTED).order_by("pk"):
        for kind in ("submission", "decision"):
            write_document(kind=kind, source=Source("dossier", dossier), by=staff, now=now)
    for session in CouncilSession.objects.filter(tallies__isnull=False).distinct().order_by("pk"):
        write_document(kind="minutes", source=Source("session", session), by=staff, now=now)
    for proposal in Proposal.objects.filter(state__in=REFUSED_STATES).order_by("pk"):
        write_document(kind="refusal", source=Source("proposal", proposal), by=staff, now=now)
    for campaign in campaigns:
        write_document(kind="summary", source=Source("campaign", campaign), by=staff, now=now)
        last = Period.objects.filter(campaign=campaign, due_at__lt=now).order_by("-ends_on").first()
        if last is not None and campaign.is_open:
            write_document(kind="briefing", source=Source("period", last), by=chairman, now=now)
    first = 101
    for issue in AwardDecision.objects.order_by("signed_on", "pk"):
        first += number_awards(issue_id=issue.pk, first=first, by=staff, now=now)
        write_document(kind="list", source=Source("issue", issue), by=staff, now=now)
        request_certificates(issue_id=issue.pk, by=staff, now=now)
