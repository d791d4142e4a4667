"""The check in the browser gives what the library gives, and sends nothing."""

import json
import sys
import time
from pathlib import Path

import pytest

from leadqual import check

pytestmark = pytest.mark.browser

SAMPLES = {
    "leads.csv": b"email,responded,purchased\nana@example.com,yes,\nben@example.com,perhaps,\ncy@example.com,,yes\n",
    "cards.vcf": b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEMAIL:ana@example.com\r\nEND:VCARD\r\n",
    "leads.jsonl": b'{"email": "ana@example.com", "responded": true}\n{"email": "x"}\n',
    "hostile.csv": b"email,<img src=x onerror=alert(1)>,responded\nana@example.com,1,yes\n",
}


def workbook():
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for row in (["email", "responded"], ["ana@example.com", True], ["ben at example", False]):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def loaded(browser, served):
    """The page, once it is loaded."""
    address, _ = served
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get(address)
    wait(browser, "Choose a file")
    return browser


def wait(browser, text, seconds=120):
    deadline = time.monotonic() + seconds
    while text not in (told := browser.find_element("id", "status").text):
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    return told


def checked(browser, path):
    """Check a file on the page, and return the data of the report that it shows."""
    browser.find_element("id", "file").send_keys(str(path))
    browser.find_element("id", "check").click()
    wait(browser, "Checked in")
    source = browser.find_element("id", "report").get_attribute("srcdoc")
    return data_of(source)


def data_of(page):
    return json.loads(page.partition('id="data">')[2].partition("</script>")[0])


@pytest.mark.parametrize("name", [*SAMPLES, "book.xlsx"])
def test_the_report_is_that_of_the_library(loaded, tmp_path, name):
    data = SAMPLES[name] if name in SAMPLES else workbook()
    path = tmp_path / name
    path.write_bytes(data)

    assert checked(loaded, path) == data_of(check(path).to_html(name))


def test_the_report_is_drawn_in_its_frame(loaded, tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(SAMPLES["leads.csv"])
    checked(loaded, path)
    loaded.switch_to.frame("report")
    verdict = loaded.find_element("css selector", ".verdict").text
    loaded.switch_to.default_content()

    assert verdict == "1 of 3 rows cannot be imported as they are."


def test_the_files_to_download_are_those_of_the_library(loaded, tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(SAMPLES["leads.csv"])
    checked(loaded, path)
    for link in loaded.find_elements("css selector", "a.download"):
        link.click()
    report = check(path)
    report.write_accepted(tmp_path / "accepted.csv")
    report.write_rejects(tmp_path / "rejects.csv")

    for name in ("accepted.csv", "rejects.csv"):
        found = loaded.downloads / name
        deadline = time.monotonic() + 10
        while not found.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert found.read_bytes() == (tmp_path / name).read_bytes()
        found.unlink()


def test_for_a_destination_there_are_two_files_to_import(loaded, tmp_path):
    from selenium.webdriver.support.ui import Select

    path = tmp_path / "leads.csv"
    path.write_bytes(b"email,responded,opted_out\nana@example.com,yes,\nben@example.com,yes,yes\n")
    loaded.execute_script("document.querySelector('details').open = true")
    Select(loaded.find_element("id", "destination")).select_by_value("mautic")
    try:
        checked(loaded, path)
    finally:
        Select(loaded.find_element("id", "destination")).select_by_value("")
    names = [link.get_attribute("download") for link in loaded.find_elements("css selector", "a.download")]

    assert names == ["ready.csv", "ready.do-not-contact.csv"]


def test_a_file_is_checked_without_a_network_and_nothing_is_asked(loaded, served, tmp_path):
    _, asked = served
    path = tmp_path / "leads.csv"
    path.write_bytes(SAMPLES["leads.csv"])
    before = len(asked)
    loaded.get_log("performance")
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    loaded.execute_cdp_cmd("Network.enable", {})
    loaded.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    try:
        found = checked(loaded, path)
    finally:
        loaded.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            offline | {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1},
        )
    sent = [
        message["params"]["request"]["url"]
        for entry in loaded.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"] == "Network.requestWillBeSent"
    ]

    assert found["rows"]["rows"] == 3
    assert len(asked) == before
    assert [url for url in sent if not url.startswith(("about:", "blob:", "data:"))] == []


def test_no_other_place_can_be_asked(loaded):
    told = loaded.execute_async_script(
        "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done('asked'), error => done(String(error)))"
    )

    assert "Failed to fetch" in told
    assert any("Content Security Policy" in entry["message"] for entry in loaded.get_log("browser"))


def test_a_file_that_is_refused_is_told_in_words(loaded, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 ...")
    loaded.find_element("id", "file").send_keys(str(path))
    loaded.find_element("id", "check").click()

    assert "PDF" in wait(loaded, "not a lead file")


def test_it_is_used_with_the_keyboard_alone(loaded, tmp_path):
    from selenium.webdriver.common.keys import Keys

    path = tmp_path / "leads.csv"
    path.write_bytes(SAMPLES["leads.csv"])
    loaded.find_element("id", "file").send_keys(str(path))
    loaded.find_element("id", "check").send_keys(Keys.ENTER)
    wait(loaded, "Checked in")

    assert loaded.execute_script("return document.activeElement.id") == "result-title"


def test_nothing_serious_is_found_by_axe(loaded, sized, findings):
    assert findings(loaded) == []
    assert loaded.execute_script("return document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("rows", [100_000])
def test_a_long_file(loaded, tmp_path, rows, capsys):
    path = tmp_path / "long.csv"
    lines = (f"ana{n}@example.com,Ana {n},yes,{n}" for n in range(rows))
    path.write_text("email,name,responded,age\n" + "\n".join(lines), "utf-8")
    start = time.monotonic()
    loaded.find_element("id", "file").send_keys(str(path))
    loaded.find_element("id", "check").click()
    wait(loaded, "Checked in", 400)
    there = time.monotonic() - start
    start = time.monotonic()
    report = check(Path(path))
    here = time.monotonic() - start
    page = loaded.find_element("id", "report").get_attribute("srcdoc")
    with capsys.disabled():
        sys.stdout.write(f"{rows} rows: {there:.1f} s in the browser, {here:.1f} s here\n")

    assert data_of(page) == data_of(report.to_html("long.csv"))
