"""Finds every text the sources mark for translation, without the gettext programs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

Message = tuple[str | None, str, str | None]  # context, singular, plural

#: What each function's arguments are, in order.
FUNCTIONS = {
    "_": "s",
    "gettext": "s",
    "gettext_lazy": "s",
    "gettext_noop": "s",
    "ngettext": "sp",
    "ngettext_lazy": "sp",
    "pgettext": "cs",
    "pgettext_lazy": "cs",
    "npgettext": "csp",
    "npgettext_lazy": "csp",
}
_CALL = re.compile(r"\b(n?p?gettext|_)\(")


def in_python(source: str) -> Iterator[Message]:
    """Messages of a Python module; raise ``ValueError`` where a marked text is not a plain literal."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        signature = FUNCTIONS.get(ast.unparse(node.func).rpartition(".")[2])
        if signature is None or len(node.args) < len(signature):
            continue
        given = node.args[: len(signature)]
        # A variable is the caller's affair (a lazily marked text passed on); an f-string is a mistake.
        if any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in given):
            raise ValueError(f"line {node.lineno}: a marked text must be one literal with named placeholders")
        if all(isinstance(argument, ast.Constant) for argument in given):
            yield _message(signature, [str(argument.value) for argument in given])  # type: ignore[attr-defined]


def in_template(text: str) -> Iterator[Message]:
    """Messages of a Django template."""
    code = templatize(text)
    for call in _CALL.finditer(code):
        signature = FUNCTIONS[call[1]]
        end = call.end()
        while (end := code.find(")", end) + 1) > 0:
            try:
                node = ast.parse(code[call.start() : end], mode="eval").body
            except SyntaxError:
                continue
            if isinstance(node, ast.Call) and all(isinstance(x, ast.Constant) for x in node.args[: len(signature)]):
                yield _message(signature, [x.value for x in node.args[: len(signature)]])  # type: ignore[attr-defined]
            break


def _message(signature: str, values: list[str]) -> Message:
    named = dict(zip(signature, values, strict=True))
    return named.get("c"), named["s"], named.get("p")


def messages(root: Path, apps: tuple[str, ...]) -> set[Message]:
    """All messages of the apps and templates below ``root``."""
    found: set[Message] = set()
    for app in apps:
        for path in (root / app).rglob("*.py"):
            found |= set(in_python(path.read_text("utf-8")))
    for path in (root / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            found |= set(in_template(path.read_text("utf-8")))
    return found
