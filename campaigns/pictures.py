"""Pictures are decoded and written anew: what is stored has pixels and nothing else."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from campaigns.files.refusals import FileRefused, Refusal

MAX_PIXELS = 40_000_000
LONGEST_SIDE = 5_000  # pixels of the stored copy: an A4 page at 400 dots per inch
_FORMATS = {"jpg": "JPEG", "png": "PNG"}
_KEPT_MODES = {"jpg": ("RGB", "L"), "png": ("1", "L", "LA", "P", "RGB", "RGBA")}


def re_encode(content: bytes, *, kind: str) -> bytes:
    """Return the picture written anew, upright and without metadata (place, camera, preview, profile).

    ``kind`` is ``jpg`` or ``png``. The size is checked before decoding. Raises FileRefused.
    """
    form = _FORMATS[kind]
    try:
        with Image.open(io.BytesIO(content), formats=(form,)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise FileRefused(Refusal.TOO_MANY_PIXELS)
            if kind == "jpg":
                picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a large photo is decoded at half size
            picture.load()
            return _written(_plain(ImageOps.exif_transpose(picture), kind), form)
    except FileRefused:
        raise
    except Image.DecompressionBombError as error:
        raise FileRefused(Refusal.TOO_MANY_PIXELS) from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, KeyError, IndexError, TypeError) as error:
        # Pillow raises all of these for broken files, depending on where they break
        raise FileRefused(Refusal.DAMAGED) from error


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    if picture.mode not in _KEPT_MODES[kind]:
        picture = picture.convert("RGB" if kind == "jpg" or picture.mode == "CMYK" else "RGBA")
    if max(picture.size) > LONGEST_SIDE:
        if picture.mode in ("1", "P"):
            picture = picture.convert("RGBA")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return picture


def _written(picture: Image.Image, form: str) -> bytes:
    transparency = picture.info.get("transparency") if picture.mode == "P" else None
    picture.info = {} if transparency is None else {"transparency": transparency}
    out = io.BytesIO()
    if form == "JPEG":
        picture.save(out, form, quality=88)
    else:
        picture.save(out, form)
    return out.getvalue()


def small_copy(content: bytes, *, side: int) -> bytes:
    """Return a small JPEG of a picture that was written anew before: what a list shows on a cheap phone."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
        picture.thumbnail((side, side))
        flat = Image.new("RGB", picture.size, "white")
        seen = picture.convert("RGBA")
        flat.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=60, optimize=True, progressive=True)
    return out.getvalue()
