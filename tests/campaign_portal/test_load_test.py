"""The load test keeps its bounds, and notices what is not as people were told."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from campaign_portal.rush.hour import Hour
from campaign_portal.rush.people import Answer
from campaign_portal.rush.scene import Desk, Scene, photograph, scan
from campaigns.actions.audit import record
from campaigns.files.checks import check_file
from tests.factories import at, make_measurement, make_submission, make_user


@pytest.mark.parametrize("much", [{"leaders": 500}, {"leaders": 0}, {"minutes": 60}, {"minutes": 0}])
def test_it_is_bounded(much):
    with pytest.raises(CommandError, match="At most 400 people and 15 minutes"):
        call_command("loadtest", **much)


def test_an_installation_is_left_alone(settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="local default only"):
        call_command("loadtest")


def test_answers_are_counted_by_kind_and_failures_by_status():
    hour = Hour("http://127.0.0.1:1", Scene([], []), seconds=1)
    hour.answers = [Answer("box", 200, second) for second in (0.1, 0.2, 0.3)] + [
        Answer("send", 0, 9),
        Answer("send", 503, 1),
    ]
    kinds = {kind.what: kind for kind in hour.kinds()}
    assert (kinds["box"].count, kinds["box"].median, kinds["box"].slowest) == (3, 0.2, 0.3)
    assert (kinds["all"].count, kinds["all"].slowest) == (5, 9)
    assert hour.failures() == {0: 1, 503: 1}
    assert hour.absent() == []
    hour.scene = Scene([Desk("truong0", 1, 1)], [])
    assert hour.absent() == ["1 leaders without a receipt"]


@pytest.mark.django_db
def test_what_is_lost_doubled_or_changed_is_named():
    submission = make_submission(sent_at=at(3))
    value = make_measurement(submission=submission, value="73.9")
    hour = Hour("http://127.0.0.1:1", Scene([], []), seconds=1)
    hour.told.submissions, hour.told.values = [submission.pk], {value.target_id: "73,9"}
    person = make_user()
    record(action="report.submitted", subject=submission, by=person, now=at(3))
    assert hour.differences() == []
    record(action="report.submitted", subject=submission, by=person, now=at(3))
    hour.told.values = {value.target_id: "74"}
    hour.told.submissions.append(submission.pk + 1)
    hour.told.verdicts, hour.told.files = [value.pk], 1
    assert hour.differences() == [
        f"submission {submission.pk + 1}: 0",
        f"value of target {value.target_id}",
        f"trail of submission {submission.pk}: 2",
        f"trail of submission {submission.pk + 1}: 0",
        f"trail of verdict {value.pk}: 0",
        f"verdict {value.pk}",
        "0 files of 1",
    ]


def test_files_are_what_offices_send_and_each_is_another():
    for make, kind in ((scan, "pdf"), (photograph, "jpg")):
        (name, content), (_name, other) = make(1), make(2)
        assert check_file(content, name=name).kind == kind
        assert 150_000 < len(content) < 2_500_000
        assert content != other
