"""Three pages of the documentation, in a real browser: no serious finding of axe, nothing wider than the page."""

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

PAGES = ["index", "reference/problems", "reference/api"]


@pytest.fixture(params=PAGES)
def shown(sized, request):
    """Show a page of the documentation; `LEADQUAL_DOCS` names the folder in which it was built."""
    page = Path(os.environ["LEADQUAL_DOCS"], f"{request.param}.html")
    sized.set_script_timeout(300)  # axe takes a while on a page of two thousand lines
    sized.get(page.as_uri())
    return sized


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_serious_finding(shown, findings, scheme):
    feature = [{"name": "prefers-color-scheme", "value": scheme}]
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": feature})

    assert findings(shown) == []


def test_nothing_is_wider_than_the_page(shown):
    assert shown.execute_script("return document.documentElement.scrollWidth - innerWidth") <= 0
