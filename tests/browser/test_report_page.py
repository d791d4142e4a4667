"""The report as a page, in a real browser."""

import pytest

from leadqual import check

pytestmark = pytest.mark.browser

HOSTILE = [
    "</script><script>document.title = 'run'</script>",
    "<img src=x onerror=\"document.title = 'run'\">",
    "\u202egnp.exe",
    "a\u009bb",
]


def page(tmp_path, data, **options):
    path = tmp_path / "report.html"
    path.write_text(check(data).to_html("leads.csv", **options), "utf-8")
    return path.as_uri()


def lead_file(rows=300):
    lines = ["email,phone,responded,purchased,city"]
    for n in range(rows):
        answer = ("yes", "no", "perhaps", "")[n % 4]
        lines.append(f"ana{n}@example.com,12,{answer},{'yes' if n % 7 == 0 else ''},Graz")
    return "\n".join(lines).encode()


def texts(browser, selector):
    return [each.text for each in browser.find_elements("css selector", selector)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_by_axe(sized, tmp_path, findings, scheme):
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    sized.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    sized.get(page(tmp_path, lead_file()))

    assert findings(sized) == []


def test_the_numbers_are_those_of_the_report(sized, tmp_path):
    sized.get(page(tmp_path, lead_file()))
    numbers = dict(zip(texts(sized, "dt"), texts(sized, "dd"), strict=True))

    assert numbers == {
        "rows": "300",
        "accepted": "225",
        "rejected": "75",
        "do not contact": "0",
        "blank": "0",
    }
    assert "75 of 300 rows cannot be imported" in sized.find_element("css selector", ".verdict").text


def test_it_is_not_wider_than_the_screen(sized, tmp_path):
    sized.get(page(tmp_path, lead_file()))

    assert sized.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_problems_are_searched_and_sorted_with_the_keyboard_alone(browser, tmp_path):
    from selenium.webdriver.common.keys import Keys

    browser.get(page(tmp_path, lead_file()))
    search = browser.find_element("id", "search")
    search.send_keys("word-unreadable")
    assert "75" in browser.find_element("css selector", "p[role=status]").text
    (head, *_) = browser.find_elements("css selector", "section th button, .scroll th button")
    head.send_keys(Keys.ENTER)
    first = texts(browser, "tbody tr td:first-child")
    head.send_keys(Keys.ENTER)

    assert first != texts(browser, "tbody tr td:first-child")
    assert browser.find_element("css selector", "th[aria-sort]").get_attribute("aria-sort") in (
        "ascending",
        "descending",
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_a_column_is_text(browser, tmp_path, name):
    quoted = name.replace('"', '""')
    browser.get_log("browser")  # of earlier pages
    browser.get(page(tmp_path, f'email,responded,"{quoted}"\nana@example.com,perhaps,x\n'.encode()))

    assert browser.title == "leads.csv – leadqual check"
    assert not browser.find_elements("css selector", "img")
    assert browser.get_log("browser") == []


def test_the_page_holds_no_data_of_a_person_unless_it_is_asked_to(tmp_path):
    data = b"email,responded\nana@example.com,perhaps\nben at example,yes\n"

    assert not any(word in check(data).to_html("x") for word in ("ana@", "perhaps", "ben at"))
    assert "perhaps" in check(data).to_html("x", show_values=True)


def test_nothing_is_loaded_from_elsewhere(browser, tmp_path):
    browser.get(page(tmp_path, lead_file()))
    resources = browser.execute_script(
        "return performance.getEntriesByType('resource').map(each => each.name)"
    )

    assert resources == []
