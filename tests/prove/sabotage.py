"""Tests that prove themselves: one line is broken at a time, and the named test must turn red"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.prove import Figure, Stage

DATABASES = ("sqlite",)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sabotage:
    """One broken line, and the tests that must notice."""

    what: str
    file: str
    line: str  # stands in the file exactly once
    broken: str
    tests: str


SABOTAGES = (
    Sabotage(
        "a quotient is cut instead of rounded", "scoring/rules.py",
        "integer(2) * numerator + denominator", "integer(2) * numerator", "tests/scoring/test_worked_examples.py",
    ),
    Sabotage(
        "a period counts a day late", "scoring/rules.py",
        "period_end__lte=day,", "period_end__lt=day,", "tests/scoring/test_worked_examples.py",
    ),
    Sabotage(
        "another unit's silence costs points", "scoring/rules.py",
        " | Q(by_another=False)", "", "tests/scoring/test_pipeline.py",
    ),
    Sabotage(
        "less than the goal may be over-fulfilled", "scoring/rules.py",
        "When(**{kind: IndicatorKind.DECREASE}, then=Coalesce(own_cap, integer(FULL_BP))),",
        "When(**{kind: IndicatorKind.DECREASE}, then=Coalesce(own_cap, integer(2 * FULL_BP))),",
        "tests/scoring/test_pipeline.py",
    ),
    Sabotage(
        "a step is taken from anywhere", "awards/workflow.py",
        "if (S(state), return_step) not in step.sources:", "if False:", "tests/machine/test_machine.py -k anybody",
    ),
    Sabotage(
        "reports are taken after the lock", "campaigns/openness.py",
        "if locks_at is not None and now >= locks_at:", "if locks_at is not None and now > locks_at:",
        "tests/campaigns/test_races.py -k microsecond",
    ),
    Sabotage(
        "what was not to be done leaves no trace", "campaigns/actions/refusals.py",
        "if denied or code in ILLEGAL:", "if False:", "tests/machine/test_machine.py -k anybody",
    ),
    Sabotage(
        "a field is shown and not decided on", "awards/queries/contents.py",
        '"coverage_bp": score.coverage_bp,', '"coverage_bp": 0,', "tests/awards/test_decisions.py -k every_field",
    ),
    Sabotage(
        "a dossier changed since it was shown is decided", "awards/actions/decision.py",
        "if not seen_digest or digest(content) != seen_digest:", "if not seen_digest:",
        "tests/awards/test_decisions.py",
    ),
    Sabotage(
        "one decides on one's own unit", "awards/actions/decision.py",
        "if is_own_unit(by, proposal.participant.unit_id) or _has_conflict(proposal, by):",
        "if _has_conflict(proposal, by):", "tests/awards/test_decisions.py",
    ),
    Sabotage(
        "who drafted appraises", "awards/actions/transition.py",
        "if step.by_another and by.pk in hands_of(proposal):", "if False:", "tests/awards/test_workflow.py",
    ),
    Sabotage(
        "a reason is not asked for", "awards/actions/transition.py",
        "if step.needs_reason and not reason.strip():", "if False:", "tests/awards/test_workflow.py",
    ),
    Sabotage(
        "a quorum is rounded down", "awards/ballot.py",
        "return -(-members * quorum.numerator // quorum.denominator)",
        "return members * quorum.numerator // quorum.denominator", "tests/awards/test_council.py",
    ),
    Sabotage(
        "a submission mixes basis days", "awards/actions/dossier.py",
        "if day != theirs:", "if False:", "tests/awards/test_workflow.py",
    ),
    Sabotage(
        "a closed account keeps its rights", "campaigns/permissions.py",
        "if not isinstance(user, User) or not user.is_active:", "if not isinstance(user, User):",
        "tests/campaigns/test_people_actions.py",
    ),
    Sabotage(
        "every unit's rows are everybody's", "campaigns/visibility.py",
        'return Q() if _sees_all(access) else Q(**{f"{path}__in": access.unit_permissions.keys()})', "return Q()",
        "tests/access/test_canaries.py -k leader_a",
    ),
    Sabotage(
        "an export holds formulas (csv)", "scoring/export.py",
        "if text.startswith(_LEADS) and not _is_number(text):", "if False:", "tests/scoring/test_export.py",
    ),
    Sabotage(
        "an export holds formulas (xlsx)", "campaigns/workbook/tables.py",
        'cell.data_type = "s"', "pass", "tests/awards/test_register.py",
    ),
    Sabotage(
        "pages are kept by browsers", "campaign_portal/middleware.py",
        'response.headers["Cache-Control"] = "no-store, private"', "pass", "tests/campaign_portal/test_middleware.py",
    ),
    Sabotage(
        "control characters come in", "campaign_portal/settings.py",
        '    "campaign_portal.middleware.RejectInvalidInput",\n', "", "tests/campaign_portal/test_middleware.py",
    ),
    Sabotage(
        "no content policy", "campaign_portal/settings.py",
        '    "csp.middleware.CSPMiddleware",\n', "", "tests/campaign_portal/test_middleware.py",
    ),
    Sabotage(
        "pages open without signing in", "campaign_portal/settings.py",
        '    "django.contrib.auth.middleware.LoginRequiredMiddleware",\n', "", "tests/test_architecture.py",
    ),
    Sabotage(
        "passwords may be guessed for ever", "campaign_portal/settings.py",
        "AXES_FAILURE_LIMIT = 10", "AXES_FAILURE_LIMIT = 10_000", "tests/campaign_portal/test_accounts.py",
    ),
    Sabotage(
        "nobody is asked again who they are", "campaigns/views/step_up.py",
        "return bool(settings.STEP_UP) and not did_recently_reauthenticate(request)", "return False",
        "tests/awards/test_dashboard.py tests/access/test_second_factor.py",
    ),
    Sabotage(
        "changed evidence is handed out", "campaigns/evidence.py",
        "    if hashlib.sha256(content).hexdigest() != sha256:\n        log.error",
        "    if False:\n        log.error", "tests/campaigns/test_previews.py",
    ),
    Sabotage(
        "an expired key of the interface opens it", "campaigns/models/api_token.py",
        "revoked_at__isnull=True, expires_at__gt=now, owner__is_active=True",
        "revoked_at__isnull=True, owner__is_active=True", "tests/campaign_portal/test_api.py",
    ),
    Sabotage(
        "a key reads beyond its scopes", "campaign_portal/api/security.py",
        "if not token.may_read(scope):", "if False:", "tests/campaign_portal/test_api.py",
    ),
    Sabotage(
        "the search finds everybody's proposals", "campaign_portal/search.py",
        "visible_to(user, Proposal)", "Proposal.objects.all()", "tests/campaign_portal/test_search.py",
    ),
    Sabotage(
        "a hash of a password enters the trail", "campaigns/actions/records.py",
        'KEPT_APART = frozenset({"password"})', "KEPT_APART = frozenset[str]()",
        "tests/campaigns/test_create_administrator.py",
    ),
    Sabotage(
        "a plan's broken terms are not looked at", "campaigns/queries/readiness.py",
        "return breaks | near |", "return near |", "tests/campaigns/test_readiness.py",
    ),
    Sabotage(
        "a damaged copy is restored", "campaign_portal/backup.py",
        "if not path.is_file() or hash_of(path) != path.name:", "if not path.is_file():",
        "tests/campaign_portal/test_backup.py -k damaged",
    ),
    Sabotage(
        "760.000 is read as 760", "campaigns/forms/boxes.py",
        'digits = re.sub(r"[^0-9]", "", found[2])', 'digits = found[2].partition(".")[0]',
        "tests/campaigns/test_boxes.py",
    ),
    Sabotage(
        "a silent worker goes unnoticed", "campaign_portal/health.py",
        "if beat is None or now - beat.at > SILENCE:", "if beat is None:", "tests/campaign_portal/test_health.py",
    ),
)  # fmt: skip


def run(stage: Stage) -> Iterable[Figure]:
    """Break one line after another in a copy of the tree; one figure a sabotage."""
    copy = stage.folder / "tree"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(copy)], check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment |= {"TEST_DATABASE": "sqlite", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    caught = 0
    for one in SABOTAGES:
        red = _is_caught(one, copy, environment)
        caught += bool(red)
        yield Figure(one.what, red or "nobody noticed", "a red test", met=bool(red))
    yield Figure("sabotages caught", f"{caught}/{len(SABOTAGES)}", "all, at least 20", met=caught == len(SABOTAGES))


def _is_caught(one: Sabotage, copy: Path, environment: dict[str, str]) -> str:
    """Break the line, run the tests, mend it; return the first test that turned red, empty where none did."""
    file = copy / one.file
    whole = file.read_text("utf-8")
    assert whole.count(one.line) == 1, f"{one.file} has {whole.count(one.line)} times: {one.line}"
    file.write_text(whole.replace(one.line, one.broken), "utf-8")
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-x",
                "--no-migrations",
                "-p",
                "no:cacheprovider",
                *one.tests.split(),
            ],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        file.write_text(whole, "utf-8")
    red = re.search(r"^(?:FAILED|ERROR) \S*?([\w.]+\.py::[^\s\[]+)", done.stdout, re.MULTILINE)
    return red[1] if red and done.returncode == 1 else ""
