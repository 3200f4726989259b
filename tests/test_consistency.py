"""What must agree with what: models with migrations, texts with the catalogue, vendored files with their manifest.

Every check has a twin that shows it failing on a bad sample.
"""

import gettext
import hashlib
import io
import json
import re
from pathlib import Path

import django
import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from tests import catalogue
from tests.architecture import APPS

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"


# --- Migrations ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration():
    out = io.StringIO()
    call_command("makemigrations", "campaigns", "scoring", "awards", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


# --- Catalogue -------------------------------------------------------------------------------


def untranslated(po: polib.POFile, wanted: set[catalogue.Message]) -> set[catalogue.Message]:
    """The wanted messages the catalogue lacks or leaves empty or doubtful."""
    translated = {
        (entry.msgctxt, entry.msgid, entry.msgid_plural or None)
        for entry in po
        if not entry.obsolete and entry.translated()
    }
    # gettext knows one entry for a singular, with or without a plural.
    singular = {(context, text) for context, text, _ in translated}
    return {m for m in wanted if m not in translated and (m[2] is not None or (m[0], m[1]) not in singular)}


def wrong_placeholders(po: polib.POFile) -> list[str]:
    """Originals whose translation does not hold the same placeholders."""
    pattern = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    wrong = []
    for entry in po.translated_entries():
        allowed = set(pattern.findall(entry.msgid + entry.msgid_plural))
        # A plural form may leave the number out ("one unit"); a single text may leave out nothing.
        needed = set() if entry.msgid_plural else allowed
        for translation in entry.msgstr_plural.values() or [entry.msgstr]:
            if not needed <= set(pattern.findall(translation)) <= allowed:
                wrong.append(entry.msgid)
    return wrong


def compiled_differs(po: polib.POFile, mo: bytes) -> set[str]:
    """Messages the compiled catalogue answers differently from the readable one."""
    compiled = gettext.GNUTranslations(io.BytesIO(mo))
    differing = set()
    for entry in po.translated_entries():
        if entry.msgid_plural:
            answer, expected = compiled.ngettext(entry.msgid, entry.msgid_plural, 2), entry.msgstr_plural[0]
        elif entry.msgctxt:
            answer, expected = compiled.pgettext(entry.msgctxt, entry.msgid), entry.msgstr
        else:
            answer, expected = compiled.gettext(entry.msgid), entry.msgstr
        if answer != expected:
            differing.add(entry.msgid)
    return differing


def test_every_text_has_its_vietnamese():
    wanted = catalogue.messages(ROOT, APPS)
    assert len(wanted) > 100  # the search itself works
    assert untranslated(polib.pofile(str(CATALOGUE)), wanted) == set()


def asked_of_nobody(po: polib.POFile, wanted: set[catalogue.Message], packages: set[str]) -> set[str]:
    """Originals of the catalogue that neither our sources nor an installed package say, and what is left undone."""
    ours = {(context, text) for context, text, _ in wanted}
    unsaid = {entry.msgid for entry in po if (entry.msgctxt, entry.msgid) not in ours and entry.msgid not in packages}
    return unsaid | {entry.msgid for entry in [*po.obsolete_entries(), *po.fuzzy_entries()]}


def said_by_packages() -> set[str]:
    """Originals in the catalogues of Django and of the installed applications."""
    folders = [Path(django.__file__).parent / "conf", *(Path(app.path) for app in apps.get_app_configs())]
    found = {
        path for folder in folders if folder.parent != ROOT for path in folder.glob("locale/*/LC_MESSAGES/django.po")
    }
    return {entry.msgid for path in found for entry in polib.pofile(str(path))}


def test_the_catalogue_holds_no_text_that_nobody_says():
    wanted = catalogue.messages(ROOT, APPS)
    assert asked_of_nobody(polib.pofile(str(CATALOGUE)), wanted, said_by_packages()) == set()


#: What Django says to programmers or never says here: names of languages, kinds of columns, the page of an
#: installation without addresses, the page of a missing token (templates/403_csrf.html is ours).
NEVER_SHOWN = re.compile(
    r"(?s)^(Algerian|Central Kurdish|Lower Sorb|Colombian|Scottish|Upper Sorb|Armenian|Igbo|Kabyle|Kyrgyz|Malay"
    r"|Norwegian|Tajik|Turkmen|Uyghur|Uzbek|IPv4|IPv6|String \(unlim|Positive big|Universally|A JSON|%\(from\)s|CSRF"
    r"|You are seeing|If you (have|are)|More information|The install|View <a|Django |Topics|Tutorial"
    r"|Get started|Connect, get|…$)"
)


def test_what_django_says_has_its_vietnamese():
    ours = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(CATALOGUE)).translated_entries()}
    gaps = []
    for part in ("conf", "contrib/admin", "contrib/auth", "contrib/contenttypes"):
        folder = Path(django.__file__).parent / part / "locale"
        english = polib.pofile(str(folder / "en/LC_MESSAGES/django.po"))
        theirs = polib.pofile(str(folder / "vi/LC_MESSAGES/django.po")).translated_entries()
        done = ours | {(entry.msgctxt, entry.msgid) for entry in theirs}
        gaps += [e.msgid for e in english if (e.msgctxt, e.msgid) not in done and not NEVER_SHOWN.match(e.msgid)]
    assert gaps == []


def test_a_translation_keeps_its_placeholders():
    assert wrong_placeholders(polib.pofile(str(CATALOGUE))) == []


def test_the_compiled_catalogue_is_the_readable_one():
    assert compiled_differs(polib.pofile(str(CATALOGUE)), CATALOGUE.with_suffix(".mo").read_bytes()) == set()


def test_texts_are_found_in_python_and_templates():
    python = """
_("Save")
msg = gettext_lazy("Saved by %(name)s.") % {"name": x}
translation.pgettext("report", "Draft")
ngettext("%(n)d unit", "%(n)d units", n)
_(variable)
"""
    template = """
{% load i18n %}{% translate "Board" %} {% translate "Draft" context "report" as word %}
{% blocktranslate count n=units|length trimmed %}
  One (unit) only {% plural %} {{ n }} units
{% endblocktranslate %}{{ _("Close") }}{# {% translate "Never" %} #}{% include "x.html" with label=_("Name") only %}
"""
    assert set(catalogue.in_python(python)) == {
        (None, "Save", None),
        (None, "Saved by %(name)s.", None),
        ("report", "Draft", None),
        (None, "%(n)d unit", "%(n)d units"),
    }
    assert set(catalogue.in_template(template)) == {
        (None, "Board", None),
        ("report", "Draft", None),
        (None, "One (unit) only", "%(n)s units"),
        (None, "Close", None),
        (None, "Name", None),
    }


def test_a_text_put_together_is_refused():
    with pytest.raises(ValueError, match="one literal"):
        list(catalogue.in_python('_(f"Hello {name}")'))


def test_a_gap_in_the_catalogue_is_found():
    po = polib.POFile()
    po.append(polib.POEntry(msgid="Save", msgstr="Lưu"))
    po.append(polib.POEntry(msgid="Close", msgstr=""))
    po.append(polib.POEntry(msgid="Open", msgstr="Mở", flags=["fuzzy"]))
    po.append(polib.POEntry(msgid="%(n)d unit", msgstr="%(m)d đơn vị"))
    wanted = {(None, "Save", None), (None, "Close", None), (None, "Open", None), ("report", "Save", None)}
    assert untranslated(po, wanted) == wanted - {(None, "Save", None)}
    assert asked_of_nobody(po, wanted, {"%(n)d unit"}) == {"Open"}
    assert asked_of_nobody(po, wanted - {(None, "Save", None)}, set()) == {"Save", "Open", "%(n)d unit"}
    assert wrong_placeholders(po) == ["%(n)d unit"]
    old = polib.POFile()
    old.append(polib.POEntry(msgid="Save", msgstr="Ghi"))
    assert "Save" in compiled_differs(po, old.to_binary())


# --- Vendored files --------------------------------------------------------------------------


def vendored_differences(folder: Path) -> list[str]:
    """Files below ``folder`` that differ from MANIFEST.json, are missing, or are not in it."""
    listed = {
        f"{package}/{name}": digest
        for package, entry in json.loads((folder / "MANIFEST.json").read_text("utf-8")).items()
        for name, digest in entry["files"].items()
    }
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.parent != folder
    }
    return sorted(name for name in listed.keys() | present.keys() if listed.get(name) != present.get(name))


def test_vendored_files_are_those_of_the_manifest():
    assert vendored_differences(ROOT / "static" / "vendor") == []


def test_every_vendored_package_names_version_and_licence():
    manifest = json.loads((ROOT / "static" / "vendor" / "MANIFEST.json").read_text("utf-8"))
    assert [name for name, entry in manifest.items() if "@" not in entry["package"] or not entry["licence"]] == []
    assert [name for name, entry in manifest.items() if not any("LICENSE" in file for file in entry["files"])] == []


def test_a_changed_missing_or_added_vendored_file_is_found(tmp_path):
    (tmp_path / "lib-1").mkdir()
    for name in ("same.js", "changed.js", "added.js"):
        (tmp_path / "lib-1" / name).write_text(name)
    digest = hashlib.sha256(b"same.js").hexdigest()
    files = {"same.js": digest, "changed.js": digest, "missing.js": digest}
    (tmp_path / "MANIFEST.json").write_text(json.dumps({"lib-1": {"files": files}}))
    assert vendored_differences(tmp_path) == ["lib-1/added.js", "lib-1/changed.js", "lib-1/missing.js"]


def test_nothing_is_loaded_from_outside():
    outside = re.compile(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//(?!www\.w3\.org)", re.I)
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert files != []
    assert [str(path) for path in files if outside.search(path.read_text("utf-8"))] == []
    assert outside.search('<script src="https://cdn.example/x.js">')
    assert outside.search("@import url(//fonts.example/x.css)")


# --- The page of attacks and faults -----------------------------------------------------------


def register_faults(text: str, tests: Path, proofs: set[str]) -> list[str]:
    """What the rows of docs/safety.md name that is not there; a number that is missing; a row that nothing shows."""
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    found = [] if [int(number) for number, *_ in rows] == list(range(1, 54)) else ["the numbers are not 1 to 53"]
    for number, named, proven in rows:
        for name in re.findall(r"`([^`]+)`", named) or ["no test"]:
            path, _, test = name.partition("::")
            source = (tests / path).read_text("utf-8") if (tests / path).is_file() else ""
            if f"def {test}" not in source:
                found.append(f"{number}: {name}")
        found += [f"{number}: {proof}" for proof in proven.split(", ") if proof not in proofs | {"–"}]
    return found


def test_what_the_page_of_attacks_names_is_there():
    proofs = {path.stem for path in (ROOT / "tests" / "prove").glob("[a-z]*.py")}
    text = (ROOT / "docs" / "safety.md").read_text("utf-8")
    assert register_faults(text, ROOT / "tests", proofs) == []
    bad = text.replace("test_prove.py::test_each", "test_prove.py::test_no").replace("| guessing |", "| guess |")
    assert len(register_faults(bad, ROOT / "tests", proofs)) == 3
