"""Addresses of the campaign pages."""

from django.urls import path

from .views import evidence, reporting, submitting

app_name = "campaigns"

_period = "bao-cao/<int:participant>/ky/<int:period>/"
_box = _period + "chi-tieu/<int:target>/"

reporting_urls = [
    path("bao-cao/", reporting.home, name="reporting"),
    path("bao-cao/<int:participant>/", reporting.unit_home, name="unit_home"),
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
]

urlpatterns = [*reporting_urls]
