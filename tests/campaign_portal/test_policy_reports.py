"""Browsers' reports of the policy: one line each, nothing personal in it, never more than a minute may have."""

import json
import logging

import pytest
from django.test import Client
from django.urls import reverse

from campaign_portal.policy_reports import ADDRESS, LINES_A_MINUTE, MOST_BYTES

REPORT = {
    "document-uri": "https://thidua.example.gov.vn/bao-cao/4711/?ten=TRAN-VAN-A",
    "referrer": "https://thidua.example.gov.vn/tim/?q=SECRET-WORD",
    "effective-directive": "script-src-elem",
    "violated-directive": "script-src-elem",
    "original-policy": "default-src 'none'",
    "blocked-uri": "https://evil.example/x.js?token=SECRET-TOKEN",
    "source-file": "https://thidua.example.gov.vn/bao-cao/4711/",
    "line-number": 12,
    "script-sample": "alert('SECRET-SAMPLE')",
    "status-code": 200,
}


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO)
    return caplog


def send(body, client=None, **kwargs):
    client = client or Client(enforce_csrf_checks=True)
    data = body if isinstance(body, bytes) else json.dumps({"csp-report": body}).encode()
    return client.post(ADDRESS, data, content_type="application/csp-report", **kwargs)


def test_a_report_is_one_line_of_words_without_personal_data(lines, db):
    answer = send(REPORT, HTTP_USER_AGENT="SECRET-AGENT", REMOTE_ADDR="203.0.113.9")
    assert (answer.status_code, answer.content) == (204, b"")
    (record,) = lines.records
    said = "policy: script-src-elem blocked https://evil.example on /bao-cao/<int:participant>/ line 12"
    assert (record.name, record.getMessage()) == ("portal.policy", said)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("blocked-uri", "inline", "blocked inline on"),
        ("blocked-uri", "data", "blocked data on"),
        ("blocked-uri", "Trần Văn A", "blocked something on"),
        ("blocked-uri", "http://[", "blocked something on"),
        ("document-uri", "https://x/khong-co/4711/", "on no page of ours"),
        ("document-uri", "about:blank", "on no page of ours"),
        ("effective-directive", "TRAN VAN A", "unknown directive blocked"),
        ("effective-directive", "img-src\r\nforged", "unknown directive blocked"),
    ],
)
def test_what_a_sender_invents_does_not_reach_the_log(lines, field, value, said):
    assert send(REPORT | {field: value}).status_code == 204
    (record,) = lines.records
    assert said in record.getMessage()
    assert "\n" not in record.getMessage()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"csp-report": 1}',
        b'{"csp-report": {"line-number": -1}}',
        b"\xff\x00",
        b"[" * 10_000,
        json.dumps({"csp-report": REPORT | {"script-sample": "x" * MOST_BYTES}}).encode(),
    ],
)
def test_what_is_no_report_is_taken_and_forgotten(lines, body):
    assert send(body).status_code == 204
    assert lines.records == []


def test_a_minute_has_a_limited_number_of_lines(lines, monkeypatch):
    monkeypatch.setattr("campaign_portal.policy_reports.time.time", lambda: 6_000.0)
    answers = {send(REPORT).status_code for _ in range(LINES_A_MINUTE + 5)}
    assert (answers, len(lines.records)) == ({204}, LINES_A_MINUTE)
    monkeypatch.setattr("campaign_portal.policy_reports.time.time", lambda: 6_060.0)
    send(REPORT)
    assert len(lines.records) == LINES_A_MINUTE + 1


def test_the_policy_names_the_address_that_takes_reports(client, db):
    assert reverse("policy_reports") == ADDRESS
    for page in ("/accounts/login/", "/khong-co/", "/static/css/portal.css", ADDRESS):
        assert client.get(page)["Content-Security-Policy"].endswith(f"report-uri {ADDRESS}")
    # Only this address is open: its neighbours go the usual way.
    assert client.get("/csp/x/").status_code == 404
    assert Client(enforce_csrf_checks=True).post("/accounts/login/").status_code == 403
