"""Models of the campaign domain, one file a noun; QuerySets stand above their models."""

from .api_token import ApiToken
from .audit import AuditEntry, AuditHead, AuditPayload, IdempotencyKey, OutboxMessage
from .campaign import Area, Bloc, Campaign, Participant, Period
from .confirmation import Gate, MilestoneWaiver, PointEntry, ReportWaiver
from .evidence import EvidenceFile
from .follow_up import Activity, Announcement, Incident
from .heartbeat import Heartbeat
from .indicator import Indicator, Target, TargetRevision
from .notice import Mail, Notice, NoticePreference
from .people import Authorisation, Organiser, RoleAssignment, User
from .preview import EvidenceFault, Preview, PreviewPage
from .registration import Registration
from .reminder import Holiday, Reminder, ReminderRule, ReminderRun
from .report import DraftValue, LateException, Measurement, MeasurementEvidence, Reopening, Report, Submission
from .saved_view import SavedView
from .thread import Appeal, Explanation, ThreadMessage
from .unit import Unit
from .workbook_import import WorkbookImport

__all__ = [
    "Activity",
    "Announcement",
    "ApiToken",
    "Appeal",
    "Area",
    "AuditEntry",
    "AuditHead",
    "AuditPayload",
    "Authorisation",
    "Bloc",
    "Campaign",
    "DraftValue",
    "EvidenceFault",
    "EvidenceFile",
    "Explanation",
    "Gate",
    "Heartbeat",
    "Holiday",
    "IdempotencyKey",
    "Incident",
    "Indicator",
    "LateException",
    "Mail",
    "Measurement",
    "MeasurementEvidence",
    "MilestoneWaiver",
    "Notice",
    "NoticePreference",
    "Organiser",
    "OutboxMessage",
    "Participant",
    "Period",
    "PointEntry",
    "Preview",
    "PreviewPage",
    "Registration",
    "Reminder",
    "ReminderRule",
    "ReminderRun",
    "Reopening",
    "Report",
    "ReportWaiver",
    "RoleAssignment",
    "SavedView",
    "Submission",
    "Target",
    "TargetRevision",
    "ThreadMessage",
    "Unit",
    "User",
    "WorkbookImport",
]
