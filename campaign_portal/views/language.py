"""The person's own language, chosen in the account menu."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from campaigns.models import User


@require_POST
def change_language(request: HttpRequest) -> HttpResponse:
    """Keep the language with the account and go back to the page the person came from."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest("no such language")
    assert request.user.is_authenticated  # the middleware lets nobody else in
    User.objects.filter(pk=request.user.pk).update(language=language)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "/")
