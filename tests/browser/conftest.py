"""A real headless Chromium, and a server of files on this machine that keeps a list of what was asked."""

import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

SIZES = {"computer": (1300, 900), "phone": (390, 844)}


class Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".wasm": "application/wasm",
        ".mjs": "text/javascript",
    }
    asked: ClassVar[list[str]] = []

    def log_message(self, *_):
        self.asked.append(self.path)


@pytest.fixture(scope="session")
def served():
    """Serve the built page; yield its address and the list of what was asked."""
    folder = os.environ["LEADQUAL_PAGE"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/index.html", Handler.asked
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def axe():
    return Path(os.environ["LEADQUAL_AXE"]).read_text("utf-8")


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    downloads = tmp_path_factory.mktemp("downloads")
    options = ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options=options, service=ChromeService("/usr/bin/chromedriver"))
    chrome.downloads = downloads
    yield chrome
    chrome.quit()


@pytest.fixture(params=SIZES)
def sized(browser, request):
    """The browser, as wide as a computer's or a phone's."""
    width, height = SIZES[request.param]
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": request.param == "phone"}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    return browser


def serious(browser, axe):
    """Return the serious findings of axe on the page that is shown."""
    browser.execute_script(axe)
    result = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    return [
        (each["id"], [node["html"][:200] for node in each["nodes"]])
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.fixture
def findings(axe):
    return partial(serious, axe=axe)
