"""Files mangled at random, always the same way: each is taken or refused with a list, never anything else."""

import io
import random
import zipfile

import pytest
from django.db import transaction

from campaigns.models import Unit
from campaigns.workbook.problems import WorkbookRefused

from .books import bring_in, file_of, repacked, with_shared_strings
from .test_round_trip import rich

pytestmark = pytest.mark.django_db

PIECES = [
    b"<", b">", b'"', b"&amp;", b"&#x0;", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"1e400", b"NaN", b"-1", b"0", b"A1",
    b"99999999999999999999", b"46000.99999", b"1.234", b"<f>1</f>", b's="99999"', b't="s"', b't="e"', b't="b"',
    b't="d"', b't="str"', b'r="', b"mergeCell", "𝟙".encode(), "không phát sinh".encode(),
]  # fmt: skip


def mangled_bytes(content: bytes, chance: random.Random) -> io.BytesIO:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return io.BytesIO(bytes(changed))


def mangled_part(content: bytes, chance: random.Random) -> io.BytesIO:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if chance.random() < 0.3 or "sheet" in name]

    def mangle(part: bytes) -> bytes:
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(part) + 1)
            how = chance.random()
            if how < 0.5:
                part = part[:place] + chance.choice(PIECES) + part[place + chance.randint(0, 6) :]
            elif how < 0.8:
                part = part[:place] + part[place + chance.randint(1, 80) :]
            else:
                part = part[: place + chance.randint(1, 200)] + part[place:]
        return part

    return repacked(io.BytesIO(content), chance.choice(names), mangle)


def test_taken_or_refused():
    chance = random.Random(20261124)
    whole = [file_of(rich()).getvalue(), with_shared_strings(file_of(rich())).getvalue()]
    Unit.objects.create(code="P1", name="Tên khác", kind="ward", search_text="", sort_key="")
    taken = refused = 0
    for _ in range(300):
        mangle = mangled_bytes if chance.random() < 0.25 else mangled_part
        try:
            with transaction.atomic():
                bring_in(mangle(chance.choice(whole), chance))
                transaction.set_rollback(True)
            taken += 1
        except WorkbookRefused as refusal:
            refused += bool(refusal.problems.lines())
    assert taken > 10
    assert taken + refused == 300


def test_a_first_day_that_cannot_be_read_hides_nothing():
    rows = rich()
    Unit.objects.create(code="P1", name="Tên khác", kind="ward", search_text="", sort_key="")
    rows["Phong trào"][0]["Ngày bắt đầu"] = "hôm nay"
    with pytest.raises(WorkbookRefused) as refused:
        bring_in(file_of(rows))
    assert refused.value.problems.lines() == [
        "Phong trào, dòng 2, cột “Ngày bắt đầu”, giá trị “hôm nay”:"
        " Đây không phải là ngày. Hãy ghi dd/mm/yyyy hoặc dùng ngày của Excel."
    ]
