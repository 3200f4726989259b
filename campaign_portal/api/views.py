"""The page that explains the data interface, in the portal's own look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .endpoints import api


@dataclass(frozen=True)
class Word:
    """One parameter or field, and what it means."""

    name: str
    meaning: str
    place: str = ""  # path, query


@dataclass(frozen=True)
class Operation:
    """One address."""

    path: str
    summary: str
    parameters: list[Word]
    fields: list[Word]


@require_GET
def explained(request: HttpRequest) -> HttpResponse:
    """Show every address with its parameters and what it answers, from the interface's own description."""
    schema: dict[str, Any] = api.get_openapi_schema()
    operations = [
        Operation(path, _(found["summary"]), _parameters(found), _fields(schema["components"]["schemas"], found))
        for path, methods in schema["paths"].items()
        for found in methods.values()
    ]
    breadcrumb = [{"label": _("Data interface"), "url": ""}]
    return render(request, "api.html", {"operations": operations, "breadcrumb": breadcrumb})


def _parameters(operation: dict[str, Any]) -> list[Word]:
    return [Word(row["name"], _translated(row), row["in"]) for row in operation.get("parameters", ())]


def _fields(parts: dict[str, Any], operation: dict[str, Any]) -> list[Word]:
    page = _part(operation["responses"][200]["content"]["application/json"]["schema"])
    item = _part(parts[page]["properties"]["items"]["items"])
    return [Word(name, _translated(found)) for name, found in parts[item]["properties"].items()]


def _translated(described: dict[str, Any]) -> str:
    words = described.get("description", "")
    return _(words) if words else ""


def _part(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]
