"""The settings fail loudly outside the local default, and the local default needs nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

KEY = "Zk3-92hfPq8vLw0sXc7bNm5aSd4fGh1jKl6pOiUyTrEwQzXcVbNm"
COMPLETE = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "thidua.example.gov.vn",
    "DATABASE_URL": "postgres://portal_app:x@127.0.0.1:1/portal",
    "CACHE_REDIS_URL": "redis://127.0.0.1:1/1",
}


def run(code: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of Python with the portal's settings and only this environment."""
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); from django.conf import settings as s; {code}"],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "campaign_portal.settings",
            "RUN_DIR": str(tmp_path / "run"),
            **environment,
        },
        capture_output=True,
        text=True,
    )


def test_the_local_default_needs_no_environment(tmp_path):
    done = run("print(s.DEBUG, s.DATABASES['default']['NAME'], s.CELERY_BROKER_URL)", tmp_path)
    assert done.stdout == f"False {tmp_path}/run/db.sqlite3 filesystem://localhost//\n", done.stderr


def test_an_installation_starts_when_it_is_told_everything(tmp_path):
    done = run("print(s.DEBUG, s.MFA_REQUIRED, s.SESSION_COOKIE_NAME, s.SECURE_SSL_REDIRECT)", tmp_path, **COMPLETE)
    assert done.stdout == "False True __Host-sid True\n", done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_an_installation_refuses_to_start_without(tmp_path, missing):
    done = run("", tmp_path, **{name: value for name, value in COMPLETE.items() if name != missing})
    assert done.returncode != 0
    assert f"Set the {missing} environment variable" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", "local-default-only-never-use-this-key-in-an-installation"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ".gov.vn"),
        ("DEBUG", "1"),
        ("OIDC_SERVER_URL", "http://sso.example.gov.vn"),
    ],
)
def test_an_installation_refuses_to_start_with(tmp_path, name, value):
    done = run("", tmp_path, **{**COMPLETE, name: value})
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {name}" in done.stderr


def test_used_one_time_codes_need_a_memory_that_all_processes_share(tmp_path):
    without = {name: value for name, value in COMPLETE.items() if name != "CACHE_REDIS_URL"}
    done = run("", tmp_path, **without)
    assert "ImproperlyConfigured: CACHE_REDIS_URL" in done.stderr
    assert run("", tmp_path, **without, MFA_REQUIRED="0").returncode == 0


def test_the_cache_never_shares_the_brokers_database(tmp_path):
    url = "redis://127.0.0.1:6379/0"
    done = run("", tmp_path, REDIS_URL=url, CACHE_REDIS_URL=url)
    assert "must be different" in done.stderr


def test_migrations_connect_as_the_owner_and_requests_as_the_application(tmp_path):
    owner = {**COMPLETE, "DATABASE_OWNER_URL": "postgres://owner:y@127.0.0.1:1/portal"}
    show = "print(s.DATABASES['default']['USER'], s.DATABASE_APP_ROLE)"
    assert run(show, tmp_path, **owner).stdout == "portal_app portal_app\n"
    assert run(show, tmp_path, **owner, PORTAL_AS_OWNER="1").stdout == "owner portal_app\n"
    manage = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--plan"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "RUN_DIR": str(tmp_path), **owner},
        capture_output=True,
        text=True,
    )
    assert manage.returncode != 0  # nothing listens there; but it tried to connect
    assert "connection" in manage.stderr.lower()


def test_the_deployment_check_has_no_warning(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "RUN_DIR": str(tmp_path), **COMPLETE},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_message_is_not_given_out_twice_while_its_task_runs(tmp_path):
    done = run(
        "print(s.CELERY_TASK_TIME_LIMIT < s.CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout'])",
        tmp_path,
        REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert done.stdout == "True\n"


def test_the_timetable_is_local_time():
    from campaign_portal.celery import app  # read here: the worker application is built when first used

    nightly = app.conf.beat_schedule["nightly"]["schedule"]
    assert (nightly.hour, nightly.minute, app.conf.timezone) == ({0}, {15}, "Asia/Ho_Chi_Minh")
    assert app.conf.beat_schedule["sweep-outbox"]["schedule"] == 30.0
