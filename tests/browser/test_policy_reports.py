"""A browser that blocks something tells the portal."""

import logging


def test_a_browser_reports_what_it_blocked(page, caplog):
    caplog.set_level(logging.WARNING, logger="portal.policy")
    page.goto("/accounts/login/")
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/csp/")):
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'x = 1'}))")
    assert page.evaluate("typeof x") == "undefined"
    said = [record.getMessage() for record in caplog.records if record.name == "portal.policy"]
    assert [line.partition(" line ")[0] for line in said] == [
        "policy: script-src-elem blocked inline on /accounts/login/"
    ]
    assert len(page.problems) == 1
    page.problems.clear()
