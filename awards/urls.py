"""Addresses of the award pages."""

from django.urls import path

from .views import (
    council,
    decisions,
    documents,
    dossiers,
    eligibility,
    evidence,
    fund,
    proposals,
    register,
    year_end,
)

app_name = "awards"

urlpatterns = [
    path("khen-thuong/dieu-kien/", eligibility.home, name="eligibility"),
    path("khen-thuong/dieu-kien/don-vi/<int:participant>/", eligibility.unit, name="eligibility_unit"),
    path("khen-thuong/dieu-kien/danh-muc/<int:category>/", eligibility.category_list, name="eligibility_list"),
    path("khen-thuong/de-nghi/", proposals.index, name="proposals"),
    path("khen-thuong/de-nghi/moi/", proposals.create, name="proposal_new"),
    path("khen-thuong/de-nghi/<int:pk>/", proposals.detail, name="proposal"),
    path("khen-thuong/de-nghi/<int:pk>/sua/", proposals.change, name="proposal_change"),
    path("khen-thuong/de-nghi/<int:pk>/buoc/<slug:word>/", proposals.step, name="proposal_step"),
    path("khen-thuong/de-nghi/<int:pk>/minh-chung/", evidence.add, name="evidence_add"),
    path("khen-thuong/de-nghi/<int:pk>/minh-chung/<int:file>/", evidence.download, name="evidence"),
    path("khen-thuong/de-nghi/<int:pk>/minh-chung/<int:file>/go/", evidence.remove, name="evidence_remove"),
    path("khen-thuong/hoi-dong/", council.sessions, name="sessions"),
    path("khen-thuong/hoi-dong/<int:pk>/", council.session, name="session"),
    path("khen-thuong/to-trinh/", dossiers.index, name="dossiers"),
    path("khen-thuong/to-trinh/<int:pk>/", dossiers.detail, name="dossier"),
    path("khen-thuong/to-trinh/<int:pk>/bo/<int:proposal>/", dossiers.remove, name="dossier_remove"),
    path("khen-thuong/cho-quyet-dinh/", decisions.index, name="dashboard"),
    path("khen-thuong/cho-quyet-dinh/tin-moi/", decisions.news, name="news"),
    path("khen-thuong/cho-quyet-dinh/tom-tat/", decisions.summary, name="summary"),
    path("khen-thuong/cho-quyet-dinh/duyet-nhieu/", decisions.approve_chosen, name="approve_chosen"),
    path("khen-thuong/cho-quyet-dinh/<int:pk>/", decisions.detail, name="decision"),
    path("khen-thuong/cho-quyet-dinh/<int:pk>/quyet/", decisions.verdict, name="verdict"),
    path("khen-thuong/ban-hanh/", register.issue_decision, name="issue"),
    path("khen-thuong/danh-sach/", register.awards, name="awards"),
    path("khen-thuong/danh-sach/<int:pk>/thu-hoi/", register.revoke_award, name="revoke"),
    path("khen-thuong/van-ban/", documents.index, name="documents"),
    path("khen-thuong/van-ban/lap/", documents.write, name="document_write"),
    path("khen-thuong/van-ban/<int:pk>/", documents.download, name="document"),
    path("khen-thuong/quyet-dinh/<int:pk>/", documents.issued, name="issued"),
    path("khen-thuong/quyet-dinh/<int:pk>/so-vang/", documents.numbers, name="golden_numbers"),
    path("khen-thuong/quyet-dinh/<int:pk>/giay-khen/", documents.certificates, name="certificates"),
    path("khen-thuong/giay-khen/<int:pk>/", documents.job, name="certificate_job"),
    path("khen-thuong/danh-sach/<int:pk>/thu-tien/", fund.recovery, name="recovery"),
    path("khen-thuong/so-khen-thuong/", register.register, name="register"),
    path("khen-thuong/khong-duoc-khen/", register.refusals, name="refusals"),
    path("khen-thuong/quy/", fund.fund, name="fund"),
    path("khen-thuong/thong-ke/", year_end.statistics, name="statistics"),
    path("khen-thuong/thong-ke/tai-ve/<slug:what>/", year_end.download, name="statistics_download"),
]
