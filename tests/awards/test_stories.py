"""Exemplars: written, reviewed by another, published, taken down; pictures without metadata; consent."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from awards.actions import public_plan as plans
from awards.actions import stories
from awards.enums import ExemplarState, RecipientKind
from awards.models import Exemplar
from awards.workflow import Refusal, SameHands, WrongState
from campaigns import evidence
from campaigns.actions.threads import SentFile
from campaigns.actions.uploads import EvidenceRefused
from campaigns.enums import Role
from campaigns.models import AuditEntry, Notice
from campaigns.visibility import visible_to
from tests.factories import at, make_campaign, make_participant, make_person

pytestmark = pytest.mark.django_db
NOW = at(60)


def photograph() -> bytes:
    """A JPEG with a place and a camera in it."""
    picture, out = Image.new("RGB", (900, 600), "green"), io.BytesIO()
    exif = picture.getexif()
    exif[0x010F] = "ZZZ-CAMERA"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


class Cast:
    def __init__(self) -> None:
        campaign = make_campaign("PT-90")
        self.unit, self.other = make_participant(campaign), make_participant(campaign)
        self.reporter = make_person(Role.UNIT_REPORTER, unit=self.unit.unit)
        self.outsider = make_person(Role.UNIT_LEADER, unit=self.other.unit)
        self.publisher, self.staff = make_person(Role.PUBLISHER), make_person(Role.INTERNAL_AFFAIRS)
        self.keys = iter(range(100))

    def save(self, *, by=None, story=None, picture=None, version=None, **columns):
        told = {"kind": RecipientKind.COLLECTIVE, "name": "Tổ 7", "title": "Không rác", "story": "Đường hoa"} | columns
        return stories.save_story(
            participant_id=self.unit.pk, data=stories.StoryData(**told), story_id=story.pk if story else None,
            picture=picture, version=version if version is not None else (story.version if story else 0),
            key=f"story-key-{next(self.keys):010}", by=by or self.reporter, now=NOW,
        )  # fmt: skip

    def step(self, act, story, by, **more):
        return act(story_id=story.pk, version=Exemplar.objects.get(pk=story.pk).version, by=by, now=NOW, **more)

    def published(self, **columns):
        story = self.save(**columns)
        self.step(stories.send_for_review, story, self.reporter)
        return self.step(stories.publish, story, self.publisher)


@pytest.fixture
def cast(db):
    return Cast()


def test_a_unit_writes_a_publisher_publishes_and_takes_down_with_a_reason(cast):
    story = cast.published()
    assert (story.state, story.reviewed_by, story.published_at) == (ExemplarState.PUBLISHED, cast.publisher, NOW)
    with pytest.raises(Refusal, match="reason_missing"):
        cast.step(stories.take_down, story, cast.staff, reason=" ")
    cast.step(stories.take_down, story, cast.staff, reason="Có đơn phản ánh")
    story.refresh_from_db()
    assert (story.state, story.note) == (ExemplarState.TAKEN_DOWN, "Có đơn phản ánh")
    acts = AuditEntry.objects.filter(action__startswith="exemplar.").order_by("sequence")
    assert list(acts.values_list("action", flat=True)) == [
        "exemplar.written", "exemplar.sent", "exemplar.published", "exemplar.taken_down",
    ]  # fmt: skip
    assert Notice.objects.filter(person=cast.reporter, key__startswith="story:").count() == 2
    # Changed, it begins again as a draft.
    assert cast.save(story=story, title="Không rác nữa").state == ExemplarState.DRAFT


def test_who_wrote_the_words_does_not_publish_them(cast):
    story = cast.save()
    cast.step(stories.send_for_review, story, cast.reporter)
    story.refresh_from_db()
    changed = cast.save(by=cast.publisher, story=story, title="Sửa")
    with pytest.raises(SameHands):
        cast.step(stories.publish, changed, cast.publisher)
    assert cast.step(stories.publish, changed, cast.staff).state == ExemplarState.PUBLISHED


def test_only_the_unit_and_publishers_write_and_only_publishers_publish(cast):
    with pytest.raises(PermissionDenied):
        cast.save(by=cast.outsider)
    story = cast.save()
    with pytest.raises(PermissionDenied):
        cast.step(stories.send_for_review, story, cast.outsider)
    cast.step(stories.send_for_review, story, cast.reporter)
    with pytest.raises(PermissionDenied):
        cast.step(stories.publish, story, cast.reporter)
    with pytest.raises(WrongState):
        cast.save(story=Exemplar.objects.get(pk=story.pk))  # in review, the unit waits
    with pytest.raises(WrongState, match="stale_version"):
        cast.save(by=cast.publisher, story=story, version=1)


def test_a_draft_is_its_units_and_what_is_published_is_everybodys(cast):
    story = cast.save()
    sees = lambda person: visible_to(person, Exemplar).filter(pk=story.pk).exists()  # noqa: E731
    assert [sees(p) for p in (cast.reporter, cast.outsider, cast.publisher, cast.staff)] == [True, False, False, False]
    cast.step(stories.send_for_review, story, cast.reporter)
    assert [sees(p) for p in (cast.reporter, cast.outsider, cast.publisher, cast.staff)] == [True, False, True, True]
    cast.step(stories.publish, story, cast.publisher)
    assert sees(cast.outsider)


def test_a_person_is_published_with_their_consent_only(cast):
    story = cast.save(kind=RecipientKind.INDIVIDUAL)
    with pytest.raises(Refusal, match="consent_missing"):
        cast.step(stories.send_for_review, story, cast.reporter)
    story = cast.save(story=story, kind=RecipientKind.INDIVIDUAL, has_consent=True)
    assert cast.step(stories.send_for_review, story, cast.reporter).state == ExemplarState.REVIEW


def test_a_picture_loses_its_metadata_and_gets_a_small_copy(cast):
    sent = photograph()
    assert b"ZZZ-CAMERA" in sent
    with pytest.raises(Refusal, match="picture_text_missing"):
        cast.save(picture=SentFile("anh.jpg", sent))
    story = cast.save(picture=SentFile("anh.jpg", sent), picture_text="Đường hoa")
    kept, small = evidence.read(story.picture.sha256), evidence.read(story.picture_small, shelf=evidence.PREVIEWS)
    assert b"ZZZ-CAMERA" not in kept + small
    assert Image.open(io.BytesIO(small)).size == (360, 240)
    with pytest.raises(EvidenceRefused):
        cast.save(picture=SentFile("a.pdf", b"%PDF-1.4\n%%EOF"), picture_text="x")


def test_the_plan_is_published_by_publishers_and_two_do_not_overwrite_each_other(cast):
    def save(by, version, text="Kế hoạch", **more):
        return plans.save_public_plan(
            campaign_id=cast.unit.campaign_id, text=text, is_published=True, version=version,
            key=f"plan-key-{next(cast.keys):010}", by=by, now=NOW, **more,
        )  # fmt: skip

    with pytest.raises(PermissionDenied):
        save(cast.reporter, 0)
    plan = save(cast.publisher, 0)
    with pytest.raises(WrongState, match="stale_version"):
        save(cast.staff, 0)
    assert save(cast.staff, plan.version, text="Mới").text == "Mới"
    with pytest.raises(EvidenceRefused):
        save(cast.staff, 2, file=SentFile("anh.jpg", photograph()))
