"""The sample's evidence comes in by the portal's own door and can be looked at."""

import pytest

from campaign_portal.sample.evidences import VALUES, back_with_evidence
from campaigns.enums import Role
from campaigns.models import EvidenceFile, MeasurementEvidence, Preview
from tests.factories import at, make_indicator, make_measurement, make_participant, make_person, make_target, make_unit

pytestmark = pytest.mark.django_db


def test_waiting_values_get_minutes_and_photographs_that_are_drawn(campaign, evidence_root, monkeypatch):
    monkeypatch.setattr("campaign_portal.sample.evidences.VALUES", 2)
    indicator = make_indicator()
    rows = []
    for number in range(6):
        unit = make_participant(indicator.campaign, unit=make_unit(f"P{number}", name=f"Phường số {number}"))
        make_person(Role.UNIT_REPORTER, unit=unit.unit)
        rows.append(make_measurement(make_target(indicator, unit), sent_by_name="Người gửi trong tệp"))
    verified = make_measurement(rows[2].target, value=9, verdict="accepted")
    back_with_evidence(indicator.campaign, now=at(9))
    back = MeasurementEvidence.objects.values_list("measurement", flat=True)
    assert sorted(back) == [rows[0].pk, rows[0].pk, rows[4].pk]
    assert verified.pk not in back
    assert VALUES >= 10
    assert {preview.state for preview in Preview.objects.all()} == {"ready"}
    assert Preview.objects.count() == EvidenceFile.objects.count() == 3
