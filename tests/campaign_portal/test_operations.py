"""The page for operators, the files of deploy/ and the settings tell the same."""

import base64
import hashlib
import json
import re
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands
from django.utils.translation import gettext

from campaigns.files.refusals import Refusal
from manage import OWNER_COMMANDS

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "operations.md").read_text()
NGINX = (DEPLOY / "nginx.conf").read_text()
UNITS = {path.name: path.read_text() for path in (DEPLOY / "systemd").iterdir()}

#: Read, but nothing an installation sets: manage.py says it by itself, the tests say where their file lies.
OWN = {"PORTAL_AS_OWNER", "TEST_SQLITE_NAME"}


def test_every_variable_that_is_read_stands_in_the_table_and_no_other():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "campaign_portal" / "settings.py").read_text()))
    read |= set(re.findall(r'environ\.get\("([A-Z_]+)"', (DEPLOY / "gunicorn.conf.py").read_text()))
    table = PAGE.split("## Environment")[1].split("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`[^|]+) \|", table, re.M) for name in re.findall(r"`([A-Z_]+)`", row)}
    assert len(read) > 20  # the search itself works
    assert told == read - OWN


def test_the_example_sets_what_must_be_set_and_nothing_unknown():
    example = "\n".join((DEPLOY / name).read_text() for name in ("portal.env.example", "owner.env.example"))
    set_there = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.M))
    table = PAGE.split("## Environment")[1].split("\n## ")[0]
    needed = set(re.findall(r"^\| `([A-Z_]+)` \| yes", table, re.M))
    assert needed <= set(re.findall(r"^([A-Z_]+)=", example, re.M))
    assert set_there <= set(re.findall(r"`([A-Z_]+)`", table))


def test_every_file_and_unit_the_page_names_exists():
    files = set(re.findall(r"\bdeploy/[\w./-]*\w", PAGE))
    assert len(files) > 5
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    units = set(re.findall(r"\bportal-[a-z]+(?:\.timer|\.service)?\b", PAGE)) - {"portal-host"}
    assert {name if "." in name else f"{name}.service" for name in units} <= set(UNITS)


def test_every_unit_is_started_by_the_page_or_by_its_timer():
    started = set(re.search(r"systemctl enable --now (.+)", PAGE)[1].split())
    services = {name.removesuffix(".service") for name in UNITS if name.endswith(".service")}
    timers = {name for name in UNITS if name.endswith(".timer")}
    assert started == services - {name.removesuffix(".timer") for name in timers} | timers
    for name in sorted(services):
        unit = UNITS[f"{name}.service"]
        assert ("Restart=always" in unit) is (name in started), name
        for command in re.findall(r"manage\.py (\w+)", unit):
            assert command in get_commands(), name


def test_only_what_acts_as_the_owner_gets_the_owners_password():
    assert "OWNER" not in (DEPLOY / "portal.env.example").read_text()
    given = {name for name, unit in UNITS.items() if "owner.env" in unit}
    acting = {name for name, unit in UNITS.items() if set(re.findall(r"manage\.py (\w+)", unit)) & OWNER_COMMANDS}
    assert given == acting == {"portal-backup.service", "portal-retention.service"}
    services = re.split(r"^  (\w+):", (DEPLOY / "compose.yaml").read_text().partition("\nservices:")[2], flags=re.M)
    assert {name for name, text in zip(services[1::2], services[2::2], strict=True) if "owners" in text} == {
        "migrate", "owner",
    }  # fmt: skip


def test_every_command_the_page_names_exists():
    named = set(re.findall(r"(?:(?<![/\w.-])portal|manage\.py) ([a-z][a-z_]+)", PAGE.replace("portal …", "")))
    commands = {name for name in named if re.search(rf"(?m)`(?:portal|manage\.py) {name}\b|^ +portal {name}\b", PAGE)}
    assert len(commands) > 8
    assert commands <= set(get_commands())


def test_nginx_takes_what_the_portal_takes():
    limits = re.findall(r"client_max_body_size (\d+)", NGINX)
    assert limits == [str(settings.UPLOAD_MAX_BODY_BYTES), "0"]


def test_pages_of_nginx_exist_and_are_drawn_as_its_policy_allows():
    named = set(re.findall(r"error_page [\d ]+/nginx/(\d+\.html)", NGINX))
    pages = {path.name: path.read_text() for path in (DEPLOY / "pages").iterdir()}
    assert named == set(pages)
    styles = {re.search(r"<style>(.*?)</style>", page, re.S)[1] for page in pages.values()}
    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles.pop().encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in NGINX
    assert not any(re.search(r"<script| style=| src=|<link", page) for page in pages.values())


def test_nginx_says_to_a_part_of_a_page_what_the_portal_would():
    triggers = re.findall(r"'(\{\"portal:refused.+\})';", NGINX)
    told = {json.loads(text)["portal:refused"]["sentence"] for text in triggers}
    away = "The portal cannot be reached for a moment. Please try again shortly; nothing you sent counts twice."
    assert told == {gettext(away), str(Refusal.TOO_LARGE.label)}
