"""Two twin units with every kind of row there is, each with words that only its own people may read.

``ZZA-…`` stands in unit A's rows, ``ZZB-…`` in unit B's; ``…-GROUNDS`` in the grounds of gates. The clock stands
still on the campaign's 60th day.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from awards.actions import issue, proposals
from awards.actions.certificates import request_certificates
from awards.actions.documents import Source, write_document
from awards.actions.templates import template_in_use
from awards.enums import DocumentKind
from awards.models import (
    Award,
    AwardPolicy,
    BaseSalary,
    CouncilSession,
    Decision,
    DossierItem,
    EarlierAward,
    Exemplar,
    FundMovement,
    LegalBasis,
    ProposalEvidence,
    PublicPlan,
    RewardCoefficient,
    RoundingRule,
)
from campaigns import evidence
from campaigns.actions.audit import record
from campaigns.enums import CampaignStatus, IndicatorKind, ReportingMode, Role, UnitKind
from campaigns.models import (
    Activity,
    Announcement,
    ApiToken,
    Appeal,
    AuditEntry,
    Campaign,
    EvidenceFault,
    Explanation,
    Heartbeat,
    Holiday,
    Incident,
    Mail,
    Notice,
    Organiser,
    Participant,
    Preview,
    Registration,
    Reminder,
    ReminderRule,
    ReminderRun,
    Target,
    ThreadMessage,
    User,
    WorkbookImport,
)
from scoring.models import ScoreRun
from tests.awards.makers import Office, data, make_category, make_rule, make_run, make_score
from tests.factories import (
    at,
    attach,
    day,
    give_role,
    make_area,
    make_bloc,
    make_campaign,
    make_file,
    make_gate,
    make_indicator,
    make_late_exception,
    make_measurement,
    make_milestone_waiver,
    make_organiser,
    make_participant,
    make_person,
    make_points,
    make_report,
    make_report_waiver,
    make_submission,
    make_target,
    make_unit,
    make_user,
)

NOW = at(60)
PASSWORD = "mot mat khau dai cho phep thu"
#: Everybody of the matrix, in the order of its columns.
ROLES = (
    "anonymous", "leader_a", "reporter_a", "leader_b", "verifier", "staff", "council", "secretary", "chairman",
    "publisher", "viewer", "auditor", "deactivated", "superuser",
)  # fmt: skip


@dataclasses.dataclass
class Twin:
    """One of the two units with its rows."""

    mark: str  # what stands in every text of the unit's own
    participant: Participant
    leader: User
    reporter: User
    rows: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class World:
    """Everything, built once a module."""

    people: dict[str, User]
    campaign: Campaign
    a: Twin
    b: Twin
    rows: dict[str, Any]

    # Read once: they stand in thousands of addresses, and requests undo what they do.

    @cached_property
    def run(self) -> ScoreRun | None:
        """The score run."""
        return ScoreRun.objects.first()

    @cached_property
    def entry(self) -> AuditEntry | None:
        """An entry of the audit trail."""
        return AuditEntry.objects.first()

    @cached_property
    def target_type(self) -> int:
        """The key of the content type of targets."""
        return int(ContentType.objects.get_for_model(Target).pk)


def build() -> World:
    """Return the twin units in an open campaign, and a campaign in preparation beside it."""
    make_organiser()
    campaign = make_campaign("PT-90")
    bloc = make_bloc(campaign, "KHOI-PHUONG", name="Khối phường")
    tax = make_participant(
        campaign,
        unit=make_unit("CCT", name="Chi cục Thuế", kind=UnitKind.VERTICAL),
        bloc=make_bloc(campaign, "KHOI-NGANH"),
        competes=False,
    )
    office = make_participant(
        campaign,
        unit=make_unit("PNV", name="Phòng Nội vụ", kind=UnitKind.DIVISION),
        bloc=make_bloc(campaign, "KHOI-PHONG"),
    )
    campaign.substitute_verifier = tax.unit
    campaign.save()
    people = _people(tax, office)
    indicator = make_indicator(make_area(campaign, 1), "CT1", verifier=tax, evidence_required=True)
    plain = make_indicator(make_area(campaign, 2), "CT2")
    limit = make_indicator(make_area(campaign, 5), "CT5", kind=IndicatorKind.MAINTAIN, mode=ReportingMode.INCREMENT)
    run = make_run(campaign)
    category = make_category(campaign, "GK-TT")
    twins = {}
    for letter, name in (("A", "Phường Hoà An"), ("B", "Phường Hòa Bình")):
        participant = make_participant(campaign, unit=make_unit(f"P-{letter}", name=name), bloc=bloc)
        twin = Twin(
            f"ZZ{letter}",
            participant,
            make_person(Role.UNIT_LEADER, unit=participant.unit, username=f"leader_{letter.lower()}"),
            make_person(Role.UNIT_REPORTER, unit=participant.unit, username=f"reporter_{letter.lower()}"),
        )
        twins[letter] = twin
        make_score(participant, run)
        _reporting(twin, indicator, plain)
        _confirmed(twin)
        _threads(twin, people, limit)
        _awards(twin, category)
    a, b = twins["A"], twins["B"]
    people |= {"leader_a": a.leader, "reporter_a": a.reporter, "leader_b": b.leader}
    people["deactivated"] = make_person(
        Role.UNIT_LEADER, unit=a.participant.unit, username="deactivated", is_active=False
    )
    for person in people.values():
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return World(people, campaign, a, b, _shared(campaign, category, indicator, office, people))


def _people(tax: Participant, office: Participant) -> dict[str, User]:
    verifier = make_person(Role.UNIT_LEADER, unit=tax.unit, username="verifier")
    give_role(verifier, Role.UNIT_REPORTER, unit=tax.unit)
    return {
        "verifier": verifier,
        "staff": make_person(Role.INTERNAL_AFFAIRS, unit=office.unit, username="staff", full_name="Đỗ Thị Én"),
        "council": make_person(Role.COUNCIL, username="council"),
        "secretary": make_person(Role.COUNCIL_SECRETARY, username="secretary"),
        "chairman": make_person(Role.CHAIRMAN, username="chairman"),
        "publisher": make_person(Role.PUBLISHER, username="publisher"),
        "viewer": make_person(Role.VIEWER, username="viewer"),
        "auditor": make_person(Role.AUDITOR, username="auditor", is_staff=True),
        "superuser": make_user("superuser", is_staff=True, is_superuser=True),
    }


def _reporting(twin: Twin, indicator: Any, plain: Any) -> None:
    """A verified value with a file, one that waits, and a draft in the running period."""
    mark, periods = twin.mark, list(twin.participant.campaign.periods.order_by("ends_on"))
    target, other = make_target(indicator, twin.participant), make_target(plain, twin.participant)
    file = _file(twin, "EVIDENCE")
    report = make_report(twin.participant, periods[0], results=f"{mark}-RESULTS", updated_by=twin.reporter)
    sent = make_submission(
        report, sent_by=twin.leader, number=f"{mark}-RECEIPT", results=f"{mark}-SENT", difficulties=f"{mark}-HARD"
    )
    done = make_measurement(
        target,
        periods[0],
        submission=sent,
        sent_by=twin.leader,
        note=f"{mark}-NOTE",
        verdict="adjusted",
        verified_value=41,
        verdict_reason=f"{mark}-VERDICT",
    )
    attach(done, file)
    waiting = make_measurement(target, periods[6], sent_by=twin.leader, note=f"{mark}-WAITING", value=60)
    running = next(period for period in periods if period.starts_on <= NOW.date() <= period.ends_on)
    draft = make_report(twin.participant, running, results=f"{mark}-DRAFT-TEXT", updated_by=twin.reporter)
    typed = draft.drafts.create(target=target, kind="number", typed="63", note=f"{mark}-DRAFT-NOTE")
    typed.files.add(_file(twin, "DRAFTFILE"))
    twin.rows |= {
        "target": target,
        "plain_target": other,
        "file": file,
        "submission": sent,
        "measurement": done,
        "waiting": waiting,
        "period": running,
        "draft_file": typed.files.get(),
    }


def _file(twin: Twin, word: str) -> Any:
    content = f"%PDF-1.4\n{twin.mark}-{word}-BYTES\n%%EOF".encode()
    sha256 = evidence.store(content)
    picture = evidence.store(f"{twin.mark}-{word}-PICTURE".encode(), shelf=evidence.PREVIEWS)
    preview = Preview.objects.create(
        sha256=sha256, state="ready", page_count=1, small=picture, small_width=9, small_height=9, made_at=at(2)
    )
    preview.pages.create(number=1, sha256=picture, width=90, height=90)
    return make_file(twin.participant, content=content, name=f"{twin.mark}-{word}.pdf", uploaded_by=twin.reporter)


def _confirmed(twin: Twin) -> None:
    mark, participant = twin.mark, twin.participant
    shared = {"reason": f"{mark}-POINTS-REASON", "confirmed": False, "holds_from": day(59)}
    twin.rows |= {
        "pointentry": make_points(participant, **shared),
        "reportwaiver": make_report_waiver(participant, **shared),
        "milestonewaiver": make_milestone_waiver(twin.rows["plain_target"], **shared),
        "gate": make_gate(participant, person_name="Người Bị Xét", reason=f"{mark}-GROUNDS", holds_from=day(30)),
        "lateexception": make_late_exception(participant, reason=f"{mark}-POINTS-REASON"),
        "registration": Registration.objects.create(
            participant=participant, focal_name=f"{mark}-FOCAL", focal_contact=f"{mark}-CONTACT"
        ),
    }


def _threads(twin: Twin, people: dict[str, User], limit_indicator: Any) -> None:
    mark, staff = twin.mark, people["staff"]
    asked = Explanation.objects.create(
        target=twin.rows["target"], question=f"{mark}-QUESTION", asked_by=staff, asked_at=at(50), answer_by=day(65)
    )
    ThreadMessage.objects.create(explanation=asked, text=f"{mark}-ANSWER", written_by=twin.leader, written_at=at(51))
    appeal = Appeal.objects.create(
        participant=twin.participant,
        measurement=twin.rows["measurement"],
        grounds=f"{mark}-APPEAL",
        lodged_by=twin.leader,
        lodged_at=at(52),
        answer_by=day(70),
    )
    message = ThreadMessage.objects.create(
        appeal=appeal, text=f"{mark}-ARGUED", written_by=twin.leader, written_at=at(53)
    )
    message.files.add(_file(twin, "PAPER"))
    activity = Activity.objects.create(
        participant=twin.participant, title=f"{mark}-ACTIVITY", held_on=day(40), entered_by=twin.reporter,
        entered_at=at(41),
    )  # fmt: skip
    twin.rows["notice"] = Notice.objects.create(
        person=twin.leader, key="verdict:1", title=f"{mark}-NOTICE", text=f"{mark}-NOTICE-TEXT", created_at=at(50)
    )
    twin.rows["reminder"] = Reminder.objects.create(
        person=twin.leader, participant=twin.participant, period=twin.rows["period"], day=day(50),
        text=f"{mark}-REMINDER", sent_by=staff, sent_at=at(50),
    )  # fmt: skip
    activity.files.add(_file(twin, "PICTURE"))
    limit = make_target(limit_indicator, twin.participant, goal=0)
    twin.rows |= {
        "explanation": asked,
        "appeal": appeal,
        "activity": activity,
        "limit_target": limit,
        "incident": Incident.objects.create(
            target=limit, happened_on=day(45), description=f"{mark}-INCIDENT", recorded_by=twin.reporter,
            recorded_at=at(46),
        ),
    }  # fmt: skip
    record(
        action="explanation.asked",
        subject=asked,
        by=staff,
        now=at(50),
        campaign=twin.participant.campaign,
        participant=twin.participant,
        after={"question": f"{mark}-TRAIL"},
    )
    record(
        action="gate.confirmed",
        subject=twin.rows["gate"],
        by=staff,
        now=at(50),
        campaign=twin.participant.campaign,
        participant=twin.participant,
        after={"reason": f"{mark}-GROUNDS"},
    )


def _awards(twin: Twin, category: Any) -> None:
    """A draft, one that waits for the chairman, and an issued award."""
    steps, mark = Office(twin.participant, category=category), twin.mark
    steps.with_outcome()
    presented = steps.presented(recipient_name=f"Trần Trình {mark[-1]}", report=f"{mark}-ACHIEVED")
    ProposalEvidence.objects.create(proposal=presented, file=twin.rows["file"], added_by=twin.reporter, added_at=at(48))
    issued = steps.approved(recipient_name=f"Lê Khen {mark[-1]}", report=f"{mark}-ISSUED-REPORT")
    issue.issue(
        proposal_ids=[issued.pk], signed=steps.signed(number=f"18{mark[-1]}/QĐ-UBND"), by=steps.staff, now=at(55)
    )
    draft = proposals.draft(
        category_id=category.pk,
        participant_id=twin.participant.pk,
        data=data(recipient_name=f"{mark}-NOMINEE", report=f"{mark}-PROPOSAL-DRAFT"),
        by=twin.reporter,
        now=at(58),
    )
    document = write_document(
        kind=DocumentKind.ACHIEVEMENT, source=Source("proposal", presented), by=twin.reporter, now=at(58)
    )
    story = Exemplar.objects.create(
        campaign=twin.participant.campaign, participant=twin.participant, kind="collective", name=f"{mark}-STORY",
        title=f"{mark}-STORY-TITLE", story=f"{mark}-STORY-TEXT", written_by=twin.reporter, written_at=at(58),
    )  # fmt: skip
    twin.rows |= {
        "story": story,
        "document": document,
        "issue": Award.objects.get(proposal=issued).issue,
        "job": request_certificates(issue_id=Award.objects.get(proposal=issued).issue_id, by=steps.staff, now=at(58)),
        "proposal": presented,
        "draft": draft,
        "issued": issued,
        "award": Award.objects.get(proposal=issued),
        "decision": Decision.objects.filter(proposal=issued).first(),
        "dossier": DossierItem.objects.get(proposal=presented, released_at__isnull=True).dossier,
    }


def _published(campaign: Campaign, people: dict[str, User]) -> Exemplar:
    """A story on the public page, with its picture."""
    content = b"the picture of a published story"
    unit = campaign.participants.first()
    file = make_file(unit, content=content, name="anh.jpg", content_type="image/jpeg", uploaded_by=people["publisher"])
    evidence.store(content)
    PublicPlan.objects.create(
        campaign=campaign, is_published=True, text="Kế hoạch", file_name="ke-hoach.pdf", file_size=8,
        file_type="application/pdf", file_sha256=evidence.store(b"%PDF-1.4"), changed_by=people["publisher"],
        changed_at=at(20),
    )  # fmt: skip
    return Exemplar.objects.create(
        campaign=campaign, participant=unit, kind="collective", name="Tổ dân phố 7", title="Tổ dân phố không rác",
        story="Mỗi tối thứ Sáu cả ngõ cùng phân loại.", picture=file, picture_text="Đường hoa",
        picture_small=evidence.store(content, shelf=evidence.PREVIEWS), state="published",
        written_by=people["publisher"], written_at=at(30), reviewed_by=people["staff"], published_at=at(31),
    )  # fmt: skip


def _shared(
    campaign: Campaign, category: Any, indicator: Any, office: Participant, people: dict[str, User]
) -> dict[str, Any]:
    """Rows of no unit in particular, and what waits for the substitute of the staff's own unit."""
    preparing = make_campaign("PT-MOI", status=CampaignStatus.PREPARATION)
    return {
        "preparing": preparing,
        "indicator": indicator,
        "category": category,
        "session": CouncilSession.objects.get(campaign=campaign),
        "own_points": make_points(
            office, confirmed=False, holds_from=day(59), reason="Điểm của Phòng Nội vụ", entered_by=people["staff"]
        ),
        "evidencefault": EvidenceFault.objects.create(sha256="0" * 64, kind="missing", found_at=at(59)),
        "holiday": Holiday.objects.create(day=day(30), name="Ngày nghỉ"),
        "delegation": give_role(
            people["viewer"], Role.VICE_CHAIRMAN, valid_from=day(200), valid_to=day(201), document_number="12/UQ-UBND"
        ),
        "published": _published(campaign, people),
        "announcement": Announcement.objects.create(
            campaign=campaign, title="Thông báo", text="Gửi các đơn vị", published_by=people["staff"],
            published_at=at(20),
        ),
        "reminderrule": ReminderRule.objects.create(campaign=campaign, days_from_due=-1, audience="unit"),
        "reminderrun": ReminderRun.objects.create(day=day(58), ran_at=at(58), people=3, reminders=4),
        "mail": Mail.objects.create(
            person=people["leader_a"], address="a@example.gov.vn", subject="ZZA-SUBJECT", text="ZZA-LETTER",
            message_id="<1@example.gov.vn>", state="failed", created_at=at(58),
        ),
        "apitoken": ApiToken.objects.create(
            name="Trục tích hợp", owner=people["viewer"], digest="0" * 64, hint="ptd_0000", scopes=["scores"],
            expires_at=at(400), created_by=people["superuser"], created_at=at(58),
        ),
        "heartbeat": Heartbeat.objects.create(pk=1, at=timezone.now() + dt.timedelta(days=1)),  # a worker that lives
        "rule": make_rule(category, position=1),
        "role": people["viewer"].roles.get(role=Role.VIEWER),
        "area": indicator.area,
        "bloc": campaign.blocs.first(),
        "organiser": Organiser.objects.get(),
        "fundmovement": FundMovement.objects.first(),
        "basesalary": BaseSalary.objects.first(),
        "rewardcoefficient": RewardCoefficient.objects.first(),
        "roundingrule": RoundingRule.objects.first(),
        "legalbasis": LegalBasis.objects.first(),
        "documenttemplate": template_in_use(DocumentKind.DECISION, now=at(58)),
        "awardpolicy": AwardPolicy.objects.get_or_create(campaign=campaign)[0],
        "workbookimport": WorkbookImport.objects.create(
            campaign=campaign, file_name="ke-hoach.xlsx", sha256="0" * 64, imported_by=people["staff"],
            imported_at=at(1),
        ),
        "earlieraward": EarlierAward.objects.create(
            year=2025, recipient_kind="collective", recipient_name="Tổ dân phố 1", recipient_key="to dan pho 1",
            title="Giấy khen",
        ),
    }  # fmt: skip
