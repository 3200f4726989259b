"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from campaign_portal.api.endpoints import open_patterns
from campaign_portal.api.views import explained
from campaign_portal.policy_reports import take_report
from campaign_portal.views.components import components
from campaign_portal.views.home import home, to_administration
from campaign_portal.views.language import change_language
from campaign_portal.views.monitor import health, readiness
from campaign_portal.views.search import found, keyboard

# One door: the admin site's own form would let a person with a second factor in by password alone.
admin.site.index_title = _("Work of Internal Affairs")
# (Its form is left out for those already signed in, too: they could enter as somebody else there.)
admin.site.login = secure_admin_login(to_administration)  # type: ignore[method-assign]
# Rights are roles, mail addresses stand on the account; second factors and sessions are nobody else's to look at.
admin.site.unregister((Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken))

urlpatterns = [
    path("accounts/", include("campaign_portal.accounts.urls")),
    path("admin/", admin.site.urls),
    path("", home, name="home"),
    path("giao-dien-du-lieu/", explained, name="api_explained"),
    path("api/v1/", include((open_patterns(), "api"))),
    path("csp/", take_report, name="policy_reports"),  # answered by the middleware of the same name
    path("suc-khoe/", health, name="health"),
    path("suc-khoe/san-sang/", readiness, name="readiness"),
    path("", include("campaigns.urls")),
    path("", include("scoring.urls")),
    path("", include("awards.urls")),
    path("ngon-ngu/", change_language, name="change_language"),
    path("tim/", found, name="search"),
    path("phim-tat/", keyboard, name="keyboard"),
    path("thanh-phan/", components, name="components"),
]

handler400 = "campaign_portal.errors.bad_request"
handler500 = "campaign_portal.errors.server_error"
