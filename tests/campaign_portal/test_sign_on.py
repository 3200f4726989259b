"""Sign-on through a directory, with a small one of our own on loopback: who gets in, what never does."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from campaign_portal.accounts.sign_on import person_of
from campaigns.models import AuditEntry, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
START = "/accounts/sign-on/co-quan/"
BACK = "/accounts/sign-on/co-quan/back/"


class Directory(BaseHTTPRequestHandler):
    """Says what the test wants said about whoever comes."""

    def do_GET(self):
        self._answer({
            "issuer": self.server.url,
            "authorization_endpoint": f"{self.server.url}/authorize",
            "token_endpoint": f"{self.server.url}/token",
            "jwks_uri": f"{self.server.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        })  # fmt: skip

    def do_POST(self):
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(asked)
        if asked["code"] != ["good"] or not asked.get("code_verifier"):
            self.send_error(400)
            return
        claims = {"iss": self.server.url, "aud": "portal", "exp": time.time() + 60, "sub": "77", **self.server.claims}
        token = jwt.encode(claims, "a key of thirty-two bytes, or more", algorithm="HS256")
        self._answer({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _answer(self, said):
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        pass


@pytest.fixture
def directory(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Directory)
    server.url, server.claims, server.asked = f"http://127.0.0.1:{server.server_port}", {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OIDC_SERVER_URL, settings.OIDC_NAME = server.url, "SSO Hải Phòng"
    app = {"provider_id": "co-quan", "name": "SSO Hải Phòng", "client_id": "portal", "secret": "s"}
    app["settings"] = {"server_url": server.url, "fetch_userinfo": False}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def lan(db):
    return make_user("lan", email="lan@example.vn")


def come(client, claims, directory, *, code="good", state=None):
    """Go to the directory and come back with what it says."""
    directory.claims = claims
    asked = parse_qs(urlsplit(client.get(START).url).query)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get(BACK, {"code": code, "state": state or asked["state"][0]}, follow=True)


def signed_in(client):
    return "_auth_user_id" in client.session


def test_without_a_directory_there_is_no_way_and_no_link(client, lan):
    assert client.get(START).status_code == client.get(BACK).status_code == 404
    assert "sign-on" not in client.get("/accounts/login/").content.decode()


def test_a_known_person_gets_in_is_linked_once_and_leaves_an_entry(client, lan, directory):
    assert "SSO Hải Phòng" in client.get("/accounts/login/").content.decode()
    come(client, {"preferred_username": "lan"}, directory)
    assert client.session["_auth_user_id"] == str(lan.pk)
    assert client.get("/").status_code == 200
    assert (SocialAccount.objects.get().user, AuditEntry.objects.get().action) == (lan, "person.sign_on_linked")
    client.post("/accounts/logout/")
    User.objects.filter(pk=lan.pk).update(username="lan.moi")  # the link is the directory's own number
    come(client, {"preferred_username": "somebody"}, directory)
    assert client.session["_auth_user_id"] == str(lan.pk)
    assert AuditEntry.objects.count() == 1


def test_nobody_is_made_an_account(client, lan, directory):
    page = come(client, {"preferred_username": "nobody", "email": "lan@example.vn"}, directory)
    assert "chưa có tài khoản" in page.content.decode()
    assert (signed_in(client), User.objects.count()) == (False, 1)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"exp": 1},
    ],
)
def test_a_word_that_is_not_the_directorys_for_us_and_now_opens_nothing(client, lan, directory, claims):
    page = come(client, {"preferred_username": "lan", **claims}, directory)
    assert "không thành công" in page.content.decode()
    assert not signed_in(client)


def test_an_answer_we_did_not_ask_for_opens_nothing(client, lan, directory):
    page = come(client, {"preferred_username": "lan"}, directory, state="made-up")
    assert page.redirect_chain[0][0] == "/accounts/login/"
    assert not signed_in(client)
    page = come(client, {"preferred_username": "lan"}, directory, code="stolen")
    assert "không thành công" in page.content.decode()
    assert not signed_in(client)


def test_a_directory_that_is_away_is_said_so(client, lan, directory, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    page = client.get(START, follow=True)
    assert page.redirect_chain[0][0] == "/accounts/login/"
    assert "không thành công" in page.content.decode()


def test_who_is_switched_off_stays_out(client, lan, directory):
    come(client, {"preferred_username": "lan"}, directory)
    client.post("/accounts/logout/")
    User.objects.filter(pk=lan.pk).update(is_active=False)
    come(client, {"preferred_username": "lan"}, directory)
    assert not signed_in(client)


def test_the_second_factor_is_asked_for_as_ever(client, lan, directory):
    Authenticator.objects.create(user=lan, type=Authenticator.Type.TOTP, data={"secret": "X"})
    page = come(client, {"preferred_username": "lan"}, directory)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"email": "LAN@example.vn", "email_verified": True}, "lan"),
        ({"email": "lan@example.vn", "email_verified": False}, None),
        ({"email": "lan@example.vn"}, None),
        ({"email": "hai@example.vn", "email_verified": True}, None),  # two accounts have it
        ({"email": ["lan@example.vn"], "email_verified": True}, None),
        ({}, None),
    ],
)
def test_an_address_counts_only_verified_and_of_one_account(lan, settings, claims, found):
    settings.OIDC_CLAIM = "email"
    make_user("hai", email="hai@example.vn")
    make_user("hai2", email="hai@example.vn")
    assert getattr(person_of(claims), "username", None) == found
