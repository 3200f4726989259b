"""What only the sign-in pages draw: ``{% load sign_in %}``."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]  # the package ships no types
from qrcode.main import QRCode  # type: ignore[import-untyped]  # the same

from campaign_portal.accounts.sign_on import sign_on_link

register = template.Library()


@register.simple_tag
def sign_on() -> tuple[str, str] | None:
    """Return name and address of the sign-on through a directory, where there is one."""
    return sign_on_link()


@register.simple_tag
def qr_code(text: str, label: str) -> SafeString:
    """Draw a text as a QR code inside the page: the policy allows no data: picture, and the key leaves no trace."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    size = str(len(matrix))
    return format_html(
        '<div class="qr"><svg role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path d="{}"/></svg></div>',
        label,
        size,
        size,
        squares,
    )


#: What a browser and a system call themselves in their user agent, the more special first.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("coc_coc", "Cốc Cốc"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
            ("Linux", "Linux"))  # fmt: skip


@register.filter
def device_words(user_agent: str) -> str:
    """Say in a word or two what kind of device a session is on; it is what the browser claims, no more."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(word for word in (browser, system) if word) or _("Unknown device")
