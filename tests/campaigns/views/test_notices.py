"""A person's notices over HTTP: only their own, opened by a form, read up to what was shown; the preferences."""

import pytest
from django.urls import reverse

from campaigns.enums import NoticeChannel, NoticeKind
from campaigns.models import Notice, NoticePreference
from campaigns.templatetags.follow_up import own_links
from tests.factories import at

pytestmark = pytest.mark.django_db
PAGE = reverse("campaigns:notices")
PREFERENCES = reverse("campaigns:notice_preferences")


def notice(person, number=1, **columns):
    defaults = {"kind": NoticeKind.VALUE, "key": f"verdict:{number}", "title": f"Bị trả lại {number}"}
    return Notice.objects.create(person=person, created_at=at(number), **{**defaults, **columns})


@pytest.fixture
def as_leader(client, leader_a):
    client.force_login(leader_a)
    return client


def test_only_ones_own_notices_are_there_and_the_bell_counts_the_unread(as_leader, leader_a, leader_b):
    notice(leader_a, 1, title="Của tôi")
    notice(leader_a, 2, read_at=at(3))
    notice(leader_b, 3, title="Của người khác")
    page = as_leader.get(PAGE).content.decode()
    assert "Của tôi" in page
    assert "Của người khác" not in page
    assert '<span class="bell-count" aria-hidden="true">1</span>' in page


def test_opening_a_notice_marks_it_read_and_leads_to_its_page(as_leader, leader_a):
    mine = notice(leader_a, url="/bao-cao/1/")
    response = as_leader.post(reverse("campaigns:notice_open", args=[mine.pk]))
    assert (response.status_code, response["Location"]) == (302, "/bao-cao/1/")
    mine.refresh_from_db()
    assert mine.read_at is not None


@pytest.mark.parametrize("url", ["https://example.com/", "//example.com/", ""])
def test_a_notice_never_leads_outside(as_leader, leader_a, url):
    mine = notice(leader_a, url=url)
    response = as_leader.post(reverse("campaigns:notice_open", args=[mine.pk]))
    assert response["Location"] == f"{PAGE}#tin-{mine.pk}"


def test_anothers_notice_does_not_exist(as_leader, leader_b):
    theirs = notice(leader_b)
    assert as_leader.post(reverse("campaigns:notice_open", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_what_came_after_the_page_was_shown_stays_unread(as_leader, leader_a):
    shown = notice(leader_a, 1)
    later = notice(leader_a, 2)
    as_leader.post(reverse("campaigns:notices_read"), {"up_to": shown.pk})
    assert list(Notice.objects.filter(read_at__isnull=True)) == [later]


def test_filters_and_pages_keep_each_other(as_leader, leader_a):
    for number in range(40):
        notice(leader_a, number + 1)
    notice(leader_a, 50, kind=NoticeKind.ANNOUNCEMENT, title="Thông báo họp giao ban", read_at=at(60))
    page = as_leader.get(PAGE, {"loai": "announcement"}).content.decode()
    assert "Thông báo họp giao ban" in page
    assert "Bị trả lại" not in page
    assert "Thông báo họp giao ban" not in as_leader.get(PAGE, {"chua-doc": "1"}).content.decode()
    assert "chua-doc=1&amp;page=2" in as_leader.get(PAGE, {"chua-doc": "1"}).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_whatever_its_length(as_leader, leader_a, count, django_assert_num_queries):
    for number in range(count):
        notice(leader_a, number + 1)
    as_leader.get(PAGE)
    with django_assert_num_queries(9):
        as_leader.get(PAGE)


def test_a_person_chooses_and_a_duty_offers_no_silence(as_leader, leader_a):
    page = as_leader.get(PREFERENCES).content.decode()
    assert page.count('value="none"') == len(NoticeKind) - 4
    chosen = {kind.value: NoticeChannel.PORTAL.value for kind in NoticeKind} | {"announcement": "none"}
    assert as_leader.post(PREFERENCES, chosen).status_code == 302
    kept = dict(NoticePreference.objects.filter(person=leader_a).values_list("kind", "channel"))
    assert kept["announcement"] == "none"
    assert kept["value"] == "portal"
    assert "other" not in kept  # its default
    assert as_leader.post(PREFERENCES, {**chosen, "value": "none"}).status_code == 422


def test_only_the_portals_own_addresses_become_links(settings):
    settings.PORTAL_URL = "https://thidua.vn"
    shown = own_links("<b> https://thidua.vn/bao-cao/1/ và https://thidua.vn.example.com/ hay javascript:alert(1)")
    assert shown.startswith('&lt;b&gt; <a href="/bao-cao/1/">')
    assert shown.count("<a ") == 1
