"""The sample as ``make run`` loads it: alive, complete, traceable, and scored as the reference scores it."""

from __future__ import annotations

import datetime as dt
import tempfile
from io import StringIO
from pathlib import Path
from typing import ClassVar

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings
from django.utils import translation

from awards.enums import ProposalState
from awards.models import Award, Proposal
from campaign_portal.sample.loading import FOLDER, load, tour
from campaign_portal.sample.shift import shift_workbook
from campaigns.calendar import local_moment
from campaigns.enums import CampaignStatus, ThreadState, VerdictOutcome
from campaigns.models import (
    Announcement,
    Campaign,
    DraftValue,
    Explanation,
    LateException,
    Measurement,
    Organiser,
    User,
)
from campaigns.queries.audit import verify
from campaigns.queries.readiness import blocking, readiness
from scoring.enums import RunTrigger
from scoring.models import ScoreRun, UnitScore
from tests.scoring.loading import exported
from tests.scoring.reference import compare, score
from tests.scoring.workbook_io import read

TODAY = dt.date(2026, 11, 24)
NOW = local_moment(TODAY, dt.time(9, 30))


class LoadedSample(TestCase):
    """Loaded once for all tests of the class."""

    said: ClassVar[list[str]] = []

    @classmethod
    def setUpTestData(cls) -> None:
        cls.said = []
        with translation.override("vi"):
            load(to=TODAY, now=NOW, say=cls.said.append)
        cls.running = Campaign.objects.get(status=CampaignStatus.OPEN)
        cls.last_year = Campaign.objects.get(status=CampaignStatus.CLOSED)

    def test_no_step_of_the_sample_is_refused(self) -> None:
        assert [line for line in self.said if line.startswith("  ")] == []

    def test_it_is_marked_and_stands_on_day_60_of_90(self) -> None:
        assert Organiser.objects.get().is_sample
        assert (self.running.day_number(NOW), self.running.day_count) == (60, 90)
        eighth = self.running.areas.get(number=8)
        assert (eighth.is_active, eighth.indicators.count()) == (False, 0)

    def test_the_next_campaign_is_being_prepared_and_could_be_opened(self) -> None:
        following = Campaign.objects.get(status=CampaignStatus.PREPARATION)
        assert blocking(readiness(following)) == []
        assert following.targets.count() > 400

    def test_every_state_of_a_proposal_is_there_and_some_wait_for_the_chairman(self) -> None:
        states = set(Proposal.objects.values_list("state", flat=True))
        assert states == set(ProposalState.values)
        assert Proposal.objects.filter(campaign=self.running, state=ProposalState.DOSSIER).count() >= 5

    def test_last_year_is_closed_with_its_final_run_and_awards(self) -> None:
        final = ScoreRun.objects.good().get(campaign=self.last_year, trigger=RunTrigger.FINAL)
        assert final.day == self.last_year.closing_day
        assert Award.objects.filter(participant__campaign=self.last_year).count() >= 10

    def test_reports_are_late_missing_returned_adjusted_and_waiting(self) -> None:
        sent = Measurement.objects.filter(target__campaign=self.running)
        assert {*sent.values_list("verdict", flat=True)} == {"", *VerdictOutcome.values}
        scores = UnitScore.objects.filter(campaign=self.running, day=TODAY - dt.timedelta(days=1), basis="official")
        assert scores.filter(late_reports__gt=0).exists()
        assert scores.filter(missing_reports__gt=0).exists()

    def test_every_night_was_scored(self) -> None:
        nights = ScoreRun.objects.good().filter(campaign=self.running, trigger=RunTrigger.NIGHTLY)
        assert nights.count() == 59

    def test_the_running_period_is_alive(self) -> None:
        drafts = DraftValue.objects.filter(report__period__campaign=self.running)
        assert {*drafts.values_list("report__participant__code", flat=True)} == {"P01", "P05", "TNMT"}
        assert LateException.objects.filter(approved_at__lt=NOW, ends_at__gt=NOW).count() == 1
        states = {*Explanation.objects.values_list("state", flat=True)}
        assert states == {ThreadState.OPEN, ThreadState.ANSWERED, ThreadState.CLOSED}
        assert Announcement.objects.filter(published_at__lt=NOW).count() == 2

    def test_the_audit_trail_is_whole(self) -> None:
        trail = verify()
        assert trail.fault is None
        assert trail.entries > 300

    def test_the_scores_are_the_references(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "running.xlsx"
            shift_workbook(FOLDER / "running.xlsx", path, to=TODAY)
            source = read(path)
        for days in (1, 15, 40):
            day = TODAY - dt.timedelta(days=days)
            for basis in ("official", "provisional"):
                assert compare(score(source, day, basis), exported(self.running, day, basis)) == []

    def test_every_account_of_the_tour_signs_in(self) -> None:
        for account in tour():
            assert User.objects.get(username=account.username).check_password(account.password)

    def test_a_second_load_changes_nothing(self) -> None:
        before = User.objects.count()
        out = StringIO()
        call_command("load_sample", "--if-empty", stdout=out)
        assert "giữ nguyên" in out.getvalue()
        with pytest.raises(CommandError):
            call_command("load_sample")
        assert User.objects.count() == before


@pytest.mark.sqlite  # one transaction undone is undone on both; the sample itself is loaded on both
class InterruptedLoad(TestCase):
    def test_a_load_that_is_stopped_leaves_an_empty_database(self) -> None:
        def stop(line: str) -> None:
            if line.startswith("Phong trào đang"):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            load(to=TODAY, now=NOW, say=stop)
        assert not Organiser.objects.exists()
        assert not User.objects.exists()
        assert not Campaign.objects.exists()


@override_settings(LOCAL=False)
class OutsideTheLocalDefault(TestCase):
    def test_the_sample_is_refused(self) -> None:
        with pytest.raises(CommandError):
            call_command("load_sample")
        assert not Organiser.objects.exists()
