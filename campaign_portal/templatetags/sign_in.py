"""What only the sign-in pages draw: ``{% load sign_in %}``."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]  # the package ships no types
from qrcode.main import QRCode  # type: ignore[import-untyped]  # the same

register = template.Library()


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
