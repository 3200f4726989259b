"""When two names are alike. Pure. A likeness is a reason to look, never a refusal."""

from __future__ import annotations

import re
import unicodedata

from campaigns.vietnamese import fold

#: Forms of address and degrees that stand before a person's name, folded.
_ADDRESSES = (
    "ong", "ba", "anh", "chi", "co", "chu", "bac", "d/c", "dc", "dong chi", "thay", "cu",
    "ths", "th.s", "ts", "t.s", "cn", "ks", "bs", "ds", "pgs", "gs", "luat su", "bac si", "ky su", "cu nhan",
)  # fmt: skip
#: Abbreviations in names of bodies, folded → written out.
_ABBREVIATIONS = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "mttq": "mat tran to quoc",
    "ubmttq": "uy ban mat tran to quoc",
    "vhtt": "van hoa thong tin",
    "tnmt": "tai nguyen moi truong",
    "gddt": "giao duc dao tao",
    "ldtbxh": "lao dong thuong binh xa hoi",
    "tckh": "tai chinh ke hoach",
    "vp": "van phong",
    "ca": "cong an",
    "bch": "ban chi huy",
    "qs": "quan su",
    "tdp": "to dan pho",
    "th": "tieu hoc",
    "thcs": "trung hoc co so",
}
_CONNECTIVES = {"va", "cua"}
_ADDRESS = re.compile(
    r"^(?:(?:" + "|".join(re.escape(a) for a in sorted(_ADDRESSES, key=len, reverse=True)) + r")[\s.:]+)+"
)


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common; equal keys are worth a look.

    Case, diacritics, the place of the tone mark, spaces, hyphens, dots, invisible characters, forms of address,
    "y" for "i", and the usual abbreviations of bodies make no difference.
    """
    composed = unicodedata.normalize("NFKC", name)
    visible = "".join(" " if unicodedata.category(c) in ("Zs", "Cc") else c for c in composed)
    plain = fold("".join(c for c in visible if unicodedata.category(c) != "Cf"))
    plain = _ADDRESS.sub("", plain) or plain
    words = re.sub(r"[^0-9a-z]+", " ", plain.replace("&", " ")).split()
    expanded = [part for word in words for part in _ABBREVIATIONS.get(word, word).split()]
    kept = [word for word in expanded if word not in _CONNECTIVES] or expanded
    return "".join(kept).replace("y", "i")[:240]
