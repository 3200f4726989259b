"""Addresses of the score pages."""

from django.urls import path

from .views import across, board, changes, meeting, runs, unit, what_if

app_name = "scoring"

# A unit's code may hold a slash, so it is a path; what follows it is matched first.
urlpatterns = [
    path("bang-xep-hang/", board.leaderboard, name="leaderboard"),
    path("bang-xep-hang/noi-dung/<int:number>/", across.area, name="area"),
    path("bang-xep-hang/chi-tieu/<path:code>/", across.indicator, name="indicator"),
    path("bang-xep-hang/giao-ban/", meeting.meeting, name="meeting"),
    path("thu-chinh-sach/", what_if.what_if, name="what_if"),
    path("lan-tinh-diem/", runs.runs, name="runs"),
    path("lan-tinh-diem/<int:run>/tinh-lai/", runs.score_again, name="score_again"),
    path("canh-bao-som/", across.early_warning, name="early_warning"),
    path("thay-doi/", changes.changes, name="changes"),
    path("diem-tam-tinh/<int:participant>/", unit.provisional_fragment, name="provisional_fragment"),
    path("nhip-do/<int:participant>/", unit.pace_fragment, name="pace_fragment"),
    path("don-vi/<path:code>/giai-trinh-diem/tep/", unit.explanation_file, name="explanation_file"),
    path("don-vi/<path:code>/giai-trinh-diem/", unit.explanation, name="explanation"),
    path("don-vi/<path:code>/", unit.unit, name="unit"),
]
