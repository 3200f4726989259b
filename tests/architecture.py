"""Reads the sources for test_architecture.py: who imports whom, what the templates hold."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: An app imports itself and those before it, never those after it.
APPS = ("campaigns", "scoring", "awards", "campaign_portal")

#: Inside and across apps a module imports its own layer and lower ones. A module that is not named
#: here is pure: the standard library, enums and other pure modules.
LAYERS = {
    "enums": 0,
    # PURE = 1
    "models": 2,
    "migrations": 2,
    "append_only": 2,  # triggers and grants on the models' tables
    "app_role": 2,
    "stages": 2,  # the pipeline's unmanaged models
    "permissions": 3,
    "visibility": 3,
    "queries": 3,
    "integrity": 3,
    "rules": 3,  # the scoring rules as ORM expressions over named columns
    # what scoring's pages and files read, one module a page
    "scoring.board": 3,
    "scoring.changes": 3,
    "scoring.contributions": 3,
    "scoring.course": 3,
    "scoring.area_page": 3,
    "scoring.early_warning": 3,
    "scoring.standings": 3,
    "scoring.explain": 3,
    "scoring.export": 3,
    "scoring.fairness": 3,
    "scoring.live": 3,
    "scoring.meeting": 3,
    "scoring.provisional": 3,
    "scoring.reporting_pace": 3,
    "scoring.snapshots": 3,
    "scoring.unit_page": 3,
    "scoring.what_if": 3,
    "actions": 4,
    "campaigns.workflow": 4,  # writes a state under a row lock; that of awards is a pure table
    "evidence": 4,  # the files on disk
    "pictures": 4,
    "campaigns.drawing": 4,  # of pages, by Pillow and a child process
    "wake": 4,
    "worker_identity": 4,  # asks Celery's process library whether it runs in a child
    "workbook": 4,
    "documents": 4,
    "scoring.explanation_pdf": 4,
    "benchmark": 4,
    "forms": 5,
    "handlers": 6,  # of outbox messages, called by tasks
    "views": 6,
    "tasks": 6,
    "admin": 6,
    "management": 6,
    "templatetags": 6,
    "urls": 6,
    "apps": 6,  # connects the parts of its app when Django starts
    # campaign_portal, the composition root, is one layer
    "campaign_portal": 6,
}
PURE = 1
#: What a pure module may import besides the standard library: words and nothing that touches data.
PURE_MAY_IMPORT = ("django.utils.translation", "django.utils.functional", "django.db.models.enums")


@dataclass(frozen=True)
class Import:
    """One import statement: the module it stands in, what it names, and its line."""

    module: str
    target: str
    line: int


def module_name(path: Path, root: Path) -> str:
    """Dotted name of the source file at ``path``."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path) -> Iterator[Import]:
    """Every import in the apps below ``root``, also those inside functions and under TYPE_CHECKING."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            module = module_name(path, root)
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                for target in _targets(node, package):
                    yield Import(module, target, node.lineno)


def _targets(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parents, base]).rstrip(".")
        return [f"{base}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        name = ast.unparse(node.func)
        if name.endswith(("import_module", "import_string", "__import__")):
            return [str(node.args[0].value)]
    return []


def layer(module: str) -> int:
    """Layer of a module of ours: 0 may be imported by all, 6 by nothing below it."""
    app, _, rest = module.partition(".")
    if app == "campaign_portal":
        return LAYERS[app]
    first = rest.split(".")[0]
    return LAYERS.get(f"{app}.{first}", LAYERS.get(first, PURE))


def backward_imports(root: Path) -> list[str]:
    """Imports that run from an app to a later one, or from a layer to a higher one."""
    known = {module_name(path, root) for app in APPS for path in (root / app).rglob("*.py")}
    found = []
    for item in imports(root):
        app, target_app = item.module.split(".")[0], item.target.split(".")[0]
        where = f"{item.module}:{item.line}"
        if target_app in APPS:
            target = _module_of(item.target, known)
            if APPS.index(target_app) > APPS.index(app):
                found.append(f"{where} imports {item.target}: {app} stands below {target_app}")
            elif layer(target) > layer(item.module):
                found.append(f"{where} imports {item.target}: layer {layer(item.module)} below {layer(target)}")
        elif layer(item.module) == PURE and not _is_pure_target(item.target):
            found.append(f"{where} imports {item.target}: a pure module (name it in LAYERS if it is not one)")
    return found


def _module_of(target: str, known: set[str]) -> str:
    while target not in known and "." in target:
        target = target.rpartition(".")[0]
    return target


def _is_pure_target(target: str) -> bool:
    return target.split(".")[0] in sys.stdlib_module_names or target.startswith(PURE_MAY_IMPORT)


FORBIDDEN_IN_TEMPLATES = {
    "|safe": re.compile(r"\|\s*safe(seq)?\b"),
    "autoescape off": re.compile(r"{%\s*autoescape\s+off"),
    "hx-on": re.compile(r"\s(?:data-)?hx-on[:\w-]*\s*="),
    "js: in an htmx attribute": re.compile(r"\s(?:data-)?hx-(vals|headers|vars)\s*=\s*[\"']\s*(js|javascript):"),
    "inline script": re.compile(r"<script(?![^>]*\b(src\s*=|type\s*=\s*[\"']application/json))[^>]*>", re.I),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "javascript: address": re.compile(r"javascript:", re.I),
}

#: Names whose use in Python is refused, with the reason a reader gets.
FORBIDDEN_IN_PYTHON = {
    "mark_safe": "text is escaped, without exception",
    "SafeString()": "text is escaped, without exception; as an annotation the name is harmless",
    "csrf_exempt": "every unsafe request carries a token",
    "cache_page": "a cached page is somebody else's page",
    "GenericTabularInline": "a generic inline bypasses the parent's permissions",
    "GenericStackedInline": "a generic inline bypasses the parent's permissions",
    "list_editable": "a list form changes rows nobody looked at, past the actions",
}


def template_offences(text: str) -> list[str]:
    """Names of the forbidden constructs in a template."""
    text = re.sub(r"{#.*?#}|{% comment .*?%}.*?{% endcomment %}", "", text, flags=re.S)
    return [name for name, pattern in FORBIDDEN_IN_TEMPLATES.items() if pattern.search(text)]


def python_offences(source: str) -> list[str]:
    """Names of FORBIDDEN_IN_PYTHON that a module uses."""
    used = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            used.add(ast.unparse(node.func).rpartition(".")[2] + "()")
        elif isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.alias):
            used.add(node.name.rpartition(".")[2])
    return sorted(used & FORBIDDEN_IN_PYTHON.keys())


def undocumented(source: str) -> list[str]:
    """Public functions and classes of a module without a docstring, and the module itself.

    Commands, configurations and registered administrations are left out: their base class and name say what they are.
    """
    module = ast.parse(source)
    found = [] if ast.get_docstring(module) or not module.body else ["module"]
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        registered = any(ast.unparse(decorator).startswith("admin.register(") for decorator in node.decorator_list)
        if not (ast.get_docstring(node) or registered or node.name == "Command" or node.name.endswith("Config")):
            found.append(node.name)
    return found


#: Templates Django and allauth (429) find by a name of their own.
FOUND_BY_DJANGO = {"400.html", "403.html", "404.html", "429.html", "500.html"}


def unused_templates(root: Path, overridable: frozenset[str] = frozenset()) -> list[str]:
    """Templates below ``root/templates`` no source names and no installed package would look for."""
    folder = root / "templates"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = set(FOUND_BY_DJANGO)
    for app in APPS:
        for path in (root / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    named.add(node.value.partition("#")[0])
    for path in folder.rglob("*.html"):
        own = path.relative_to(folder).as_posix()
        named |= set(re.findall(r"[\"']([\w./-]+\.(?:html|txt))", path.read_text("utf-8"))) - {own}
    return sorted(names - named - overridable)
