"""Addresses of the campaign pages."""

from django.urls import path

from .views import (
    activities,
    announcements,
    appeals,
    audit,
    confirmation,
    evidence,
    explanations,
    follow_up,
    ledgers,
    notices,
    registration,
    reporting,
    sheets,
    submitting,
)
from .views.verification import UNIT_PAGES

app_name = "campaigns"

_period = "bao-cao/<int:participant>/ky/<int:period>/"
_box = _period + "chi-tieu/<int:target>/"

reporting_urls = [
    path("bao-cao/", reporting.home, name="reporting"),
    path("bao-cao/<int:participant>/", reporting.unit_home, name="unit_home"),
    path("bao-cao/<int:participant>/dang-ky/", registration.registration, name="registration"),
    path("bao-cao/<int:participant>/bien-nhan/", reporting.receipts, name="receipts"),
    path(_period, reporting.grid, name="grid"),
    path(_period + "loi-van/", reporting.texts, name="texts"),
    path(_period + "excel/", sheets.sheet, name="sheet"),
    path(_period + "excel/tep/", sheets.sheet_file, name="sheet_file"),
    path(_period + "excel/dan-cot/", sheets.paste, name="paste"),
    path(_period + "kiem-tra/", submitting.review, name="review"),
    path(_period + "gui/", submitting.submit, name="submit"),
    path(_box, reporting.box, name="box"),
    path(_box + "minh-chung/", evidence.panel, name="evidence"),
    path(_box + "minh-chung/<int:file>/go/", evidence.detach, name="evidence_detach"),
    path("bien-nhan/<int:submission>/", submitting.receipt, name="receipt"),
    path("minh-chung/<int:file>/", evidence.download, name="evidence_download"),
    path("minh-chung/<int:file>/xem/", evidence.preview, name="evidence_preview"),
    path("minh-chung/<int:file>/xem/<int:page>/", evidence.page, name="evidence_page"),
]

_entry = "tham-dinh/xac-nhan/<slug:kind>/<int:pk>/"

verification_urls = [
    path("tham-dinh/", UNIT_PAGES.queue, name="verify_queue"),
    path("tham-dinh/chap-nhan/", UNIT_PAGES.accept_all, name="verify_accept"),
    path("tham-dinh/<int:pk>/", UNIT_PAGES.verdict, name="verify_verdict"),
    path("tham-dinh/che-do-xem/", UNIT_PAGES.keep_view, name="verify_view"),
    path("tham-dinh/<int:pk>/tra-lai/", UNIT_PAGES.return_several, name="verify_return"),
    path("tham-dinh/<int:pk>/dinh-chinh/", UNIT_PAGES.correct, name="verify_correct"),
    path("tham-dinh/xac-nhan/", confirmation.waiting, name="confirmation"),
    path("tham-dinh/xac-nhan/<slug:kind>/moi/", confirmation.new, name="confirmation_new"),
    path(_entry + "xac-nhan/", confirmation.act, {"what": "xac-nhan"}, name="confirmation_confirm"),
    path(_entry + "rut/", confirmation.act, {"what": "rut"}, name="confirmation_withdraw"),
    path("nhat-ky/", audit.own_trail, name="own_trail"),
    path("nhat-ky/xuat/", audit.export, name="trail_export"),
    path("nhat-ky/kiem-tra/", audit.check_chain, name="trail_check"),
]

notice_urls = [
    path("tin-bao/", notices.notices, name="notices"),
    path("tin-bao/da-doc/", notices.read_all, name="notices_read"),
    path("tin-bao/tuy-chon/", notices.preferences, name="notice_preferences"),
    path("tin-bao/<int:pk>/", notices.open_notice, name="notice_open"),
]

follow_up_urls = [
    path("theo-doi/bao-cao/", follow_up.board, name="follow_board"),
    path("theo-doi/bao-cao/<int:participant>/", follow_up.unit, name="follow_unit"),
    path("theo-doi/bao-cao/ky/<int:period>/nhac/", follow_up.remind, name="follow_nudge"),
    path("thong-bao/", announcements.announcements, name="announcements"),
    path("thong-bao/moi/", announcements.publish, name="announcement_new"),
    path("thong-bao/<int:pk>/sua/", announcements.change, name="announcement_edit"),
]

thread_urls = [
    path("giai-trinh/", explanations.explanations, name="explanations"),
    path("giai-trinh/chi-tieu/<int:target>/", explanations.ask, name="explanation_ask"),
    path("giai-trinh/<int:pk>/", explanations.explanation, name="explanation"),
    path("giai-trinh/<int:pk>/<slug:word>/", explanations.act, name="explanation_act"),
    path("kien-nghi/", appeals.appeals, name="appeals"),
    path("kien-nghi/so-lieu/<int:measurement>/", appeals.lodge_value, name="appeal_value"),
    path("kien-nghi/diem/<int:participant>/<slug:day>/", appeals.lodge_score, name="appeal_score"),
    path("kien-nghi/<int:pk>/", appeals.appeal, name="appeal"),
    path("kien-nghi/<int:pk>/<slug:word>/", appeals.act, name="appeal_act"),
    path("vu-viec/", ledgers.ledgers, name="ledgers"),
    path("vu-viec/chi-tieu/<int:target>/", ledgers.ledger, name="ledger"),
    path("vu-viec/<int:incident>/rut/", ledgers.withdraw, name="incident_withdraw"),
    path("hoat-dong/", activities.activities, name="activities"),
    path("hoat-dong/<int:participant>/moi/", activities.new, name="activity_new"),
    path("hoat-dong/<int:activity>/rut/", activities.withdraw, name="activity_withdraw"),
]

urlpatterns = [*reporting_urls, *verification_urls, *notice_urls, *follow_up_urls, *thread_urls]
