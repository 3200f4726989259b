"""The workbook's fixed words and what each stands for. They are the file format: Vietnamese, never translated."""

from __future__ import annotations

from campaigns.enums import (
    CampaignStatus,
    Frequency,
    GateForm,
    IndicatorKind,
    ReportingMode,
    UnitKind,
    VerdictOutcome,
)

STATUS = {"dự thảo": CampaignStatus.PREPARATION, "đang thực hiện": CampaignStatus.OPEN}
UNIT_KINDS = {
    "phòng": UnitKind.DIVISION,
    "ban": UnitKind.BOARD,
    "phường": UnitKind.WARD,
    "xã": UnitKind.COMMUNE,
    "đơn vị sự nghiệp": UnitKind.PUBLIC_SERVICE,
    "công an": UnitKind.POLICE,
    "quân sự": UnitKind.MILITARY,
    "ngành dọc": UnitKind.VERTICAL,
    "mặt trận, đoàn thể": UnitKind.FRONT,
    "khác": UnitKind.OTHER,
}
KINDS = {
    "tăng": IndicatorKind.INCREASE,
    "giảm": IndicatorKind.DECREASE,
    "duy trì": IndicatorKind.MAINTAIN,
    "mốc": IndicatorKind.MILESTONE,
}
MODES = {"lũy kế": ReportingMode.CUMULATIVE, "trong kỳ": ReportingMode.INCREMENT}
FREQUENCIES = {
    "mỗi kỳ": Frequency.EVERY_PERIOD,
    "hằng tháng": Frequency.MONTHLY,
    "cuối đợt": Frequency.AT_END,
}
VERDICTS = {
    "chấp nhận": VerdictOutcome.ACCEPTED,
    "điều chỉnh": VerdictOutcome.ADJUSTED,
    "trả lại": VerdictOutcome.RETURNED,
}
GATES = {"tạm dừng": GateForm.HOLD, "loại trừ": GateForm.EXCLUSION}
