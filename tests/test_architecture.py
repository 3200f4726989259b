"""The house keeps its shape: imports run one way, every view is guarded, the templates stay clean.

Every check has a twin that shows it failing on a bad sample.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template.loaders.app_directories import get_app_template_dirs
from django.urls import URLPattern, URLResolver, get_resolver, path

from tests import architecture

ROOT = Path(settings.BASE_DIR)

#: Addresses anybody may open, with the reason. Everything else sends a stranger to the sign-in page.
PUBLIC = {
    "accounts/login/": "the way in",
    "accounts/logout/": "ends a session; without one it only redirects",
    "accounts/2fa/authenticate/": "the second step of signing in: the password was right, the person is not yet known",
    "accounts/invitation/<uidb64>/<token>/": "choosing a first password by a link that works once",
    "accounts/sign-on/<provider_id>/": "the way to a directory, where one is configured",
    "accounts/sign-on/<provider_id>/back/": "the way back from it",
    "csp/": "browsers report by themselves; it logs a line and answers nothing",
    "suc-khoe/san-sang/": "what a monitor asks; it says only yes or no",
    "suc-khoe/": "what a monitor asks; it says only whether the database answers",
    "admin/login/": "redirects to the one sign-in page",
    "cong-khai/": "the public page: the plan, published stories, issued awards, public announcements",
    "cong-khai/dien-hinh/": "the published stories",
    "cong-khai/dien-hinh/<int:pk>/": "a published story",
    "cong-khai/dien-hinh/<int:pk>/anh/": "its picture",
    "cong-khai/dien-hinh/<int:pk>/anh-nho/": "its picture, small",
    "cong-khai/khen-thuong/": "names of the awards issued",
    "cong-khai/bang-diem/": "totals, where the organiser opened the board",
    "cong-khai/ke-hoach/": "the file of the published plan",
    "api/v1/": "nothing",
    "api/v1/openapi.json": "the description of the data interface, without data",
    **{
        f"api/v1/campaigns{part}": "opened by a key, not by a session: 401 without one"
        for part in ("", "/<code>/units", "/<code>/scores", "/<code>/awards")
    },
    "api/v1/<path:rest>": "nothing, said as JSON",
}


# --- Imports ---------------------------------------------------------------------------------


def test_imports_run_one_way():
    assert architecture.backward_imports(ROOT) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("campaigns/models.py", "from scoring.models import Snapshot"),
        ("campaigns/models.py", "def late():\n    import scoring.models"),
        (
            "campaigns/views.py",
            "from django.utils.module_loading import import_string\nimport_string('awards.models.A')",
        ),
        ("scoring/models.py", "from campaigns.actions.reporting import submit"),
        ("scoring/queries.py", "from .views import board"),
        ("scoring/queries.py", "from . import views"),
        ("awards/eligibility.py", "from .models import Award"),
        ("awards/eligibility.py", "from django.conf import settings"),
        ("awards/eligibility.py", "import openpyxl"),
        ("scoring/views.py", "import campaign_portal.settings"),
    ],
)
def test_an_import_that_runs_back_is_found(tmp_path, module, line):
    for app in architecture.APPS:
        (tmp_path / app).mkdir()
    for known in ("scoring/views.py", "scoring/models.py", "awards/models.py", "campaigns/models.py"):
        (tmp_path / known).write_text("")
    (tmp_path / "campaigns/actions").mkdir()
    (tmp_path / "campaigns/actions/reporting.py").write_text("")
    assert architecture.backward_imports(tmp_path) == []
    (tmp_path / module).write_text(line)
    assert len(architecture.backward_imports(tmp_path)) == 1


def test_an_import_that_runs_forward_is_allowed(tmp_path):
    for app in architecture.APPS:
        (tmp_path / app).mkdir()
    (tmp_path / "campaigns/models.py").write_text("from campaigns.enums import Role\nfrom django.db import models")
    (tmp_path / "campaigns/enums.py").write_text("from django.db.models import TextChoices")
    (tmp_path / "awards/eligibility.py").write_text("from .enums import Kind\nimport decimal")
    (tmp_path / "awards/views.py").write_text("from campaigns import models\nfrom awards import eligibility")
    assert architecture.backward_imports(tmp_path) == []


# --- Views -----------------------------------------------------------------------------------


def routes(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """Every address below ``resolver`` as it is written, with its pattern."""
    found = []
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        found += routes(pattern, route) if isinstance(pattern, URLResolver) else [(route, pattern)]
    return found


def public_routes(patterns: list[tuple[str, URLPattern]]) -> set[str]:
    """The addresses LoginRequiredMiddleware lets a stranger open."""
    return {route for route, pattern in patterns if not getattr(pattern.callback, "login_required", True)}


def test_every_view_asks_who_is_there():
    middleware = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    assert settings.MIDDLEWARE.count(middleware) == 1
    assert public_routes(routes(get_resolver())) == PUBLIC.keys()


def test_a_view_opened_to_strangers_is_found():
    def hidden(request):
        return HttpResponse()

    @login_not_required
    def opened(request):
        return HttpResponse()

    resolver = URLResolver(get_resolver().pattern, [path("a/", hidden), path("b/", opened)])
    assert public_routes(routes(resolver)) == {"b/"}


def sample_address(route: str) -> str:
    """An address of this route, with 1 or x where it takes an argument."""
    route = re.sub(r"<(?:int:)\w+>", "1", route)
    route = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", route)
    route = re.sub(r"\(\?P<\w+>([\w]+)[^)]*\)", r"\1", route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)", "x", route)
    return "/" + re.sub(r"<(?:\w+:)?\w+>", "1", route).replace("^", "").replace("$", "").replace("\\Z", "").lstrip("/")


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_sign_in_page_from_every_address(client):
    wrong = {}
    for route, _ in routes(get_resolver()):
        if route in PUBLIC:
            continue
        response = client.get(sample_address(route))
        location = response.headers.get("Location", "")
        if response.status_code != 302 or not location.startswith(("/accounts/login/", "/admin/login/")):
            wrong[route] = (response.status_code, location)
    assert wrong == {}


def test_the_admin_site_has_the_one_sign_in_page(client, db):
    # Its own form would let a person with a second factor in by the password alone.
    response = client.get("/admin/login/?next=/admin/")
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


# --- Forbidden constructs --------------------------------------------------------------------


def test_templates_hold_no_script_no_style_and_nothing_unescaped():
    found = {
        str(template.relative_to(ROOT)): offences
        for template in sorted((ROOT / "templates").rglob("*.html"))
        if (offences := architecture.template_offences(template.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "bad",
    [
        "{{ note|safe }}",
        "{{ notes | safeseq }}",
        "{% autoescape off %}",
        '<a hx-on:click="x()">',
        "<a hx-on::after-request='x()'>",
        "<a data-hx-on:click='x()'>",
        """<a hx-vals='js:{a: 1}'>""",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        "<style>p {}</style>",
        '<p style="width: 1%">',
        '<button type="button" onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_a_forbidden_construct_in_a_template_is_found(bad):
    assert architecture.template_offences(f"<p>{bad}</p>") != []


@pytest.mark.parametrize(
    "good",
    [
        "<script src=\"{% static 'js/a.js' %}\" defer></script>",
        '<script type="application/json" id="x">{}</script>',
        '<link rel="stylesheet" href="x.css">',
        "{# never |safe #}",
        '<div class="mb-3" data-once="1" hx-get="/x">on = 5; style guide</div>',
    ],
)
def test_an_allowed_construct_passes(good):
    assert architecture.template_offences(good) == []


def test_python_avoids_what_security_notices_were_about():
    found = {
        str(source.relative_to(ROOT)): offences
        for app in architecture.APPS
        for source in sorted((ROOT / app).rglob("*.py"))
        if (offences := architecture.python_offences(source.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "bad",
    [
        "from django.utils.safestring import mark_safe",
        "from django.utils import safestring\nsafestring.mark_safe(x)",
        "safestring.SafeString(x)",
        "@csrf_exempt\ndef f(): ...",
        "class A(ModelAdmin):\n    list_editable = ['state']",
        "from django.contrib.contenttypes.admin import GenericTabularInline",
    ],
)
def test_a_forbidden_name_in_python_is_found(bad):
    assert len(architecture.python_offences(bad)) == 1


# --- Docstrings ------------------------------------------------------------------------------


def test_everything_public_says_what_it_is():
    found = {
        str(source.relative_to(ROOT)): names
        for app in architecture.APPS
        for source in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in source.parts and (names := architecture.undocumented(source.read_text("utf-8")))
    }
    assert found == {}


def test_what_says_nothing_is_found():
    said = '"""A module."""\ndef f():\n    """Do it."""\n@admin.register(A)\nclass B: ...\ndef _g(): ...'
    assert architecture.undocumented(said) == architecture.undocumented("") == []
    assert architecture.undocumented("def f(): ...\nclass A:\n    def m(self): ...") == ["module", "f", "A"]


# --- Templates in use ------------------------------------------------------------------------


def overridable_templates() -> frozenset[str]:
    """Names of all templates of installed packages: one of ours with such a name replaces it."""
    return frozenset(
        template.relative_to(folder).as_posix()
        for folder in get_app_template_dirs("templates")
        for template in Path(folder).rglob("*")
        if template.is_file()
    )


def test_no_template_is_unused():
    assert architecture.unused_templates(ROOT, overridable_templates()) == []


def test_an_unused_template_is_found(tmp_path):
    for name in ("templates/a.html", "templates/b.html", "templates/c.html", "campaigns/views.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "campaigns/views.py").write_text("TEMPLATE = 'a.html'")
    (tmp_path / "templates/a.html").write_text('{% include "b.html" only %}')
    (tmp_path / "templates/c.html").write_text('{% extends "c.html" %}')
    assert architecture.unused_templates(tmp_path) == ["c.html"]
