"""Addresses of the campaign pages."""

from django.urls import path

from .views import announcements, audit, confirmation, evidence, follow_up, notices, registration, reporting, submitting
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

urlpatterns = [*reporting_urls, *verification_urls, *notice_urls, *follow_up_urls]
