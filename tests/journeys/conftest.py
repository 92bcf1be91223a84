"""A real server process on the whole seed, and a real Chromium in front of it.

``MARKETPLACE_TEST_CHROMIUM`` names the browser. What a page asks of another host, and what the browser complains
about (a script error, a refused style), fails the journey that met it.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

CHROMIUM = os.environ.get("MARKETPLACE_TEST_CHROMIUM", "/usr/bin/chromium")
READY_WITHIN_S = 90
ANSWER_WITHIN_MS = 20_000
# A page's scripts run once: to optimise them costs more than it brings.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--js-flags=--no-opt --no-maglev"]
WIDE, NARROW = 1280, 390
HEIGHT = 900


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextmanager
def serving(database: Path, workers: int = 1, /, **settings: str) -> Iterator[str]:
    """Run `marketplace serve` in demo mode on a database file; gives its address once it says that it is ready."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKETPLACE_")}
    environment |= {
        "MARKETPLACE_RATE_LIMITS": "false",
        "MARKETPLACE_DATABASE_URL": f"sqlite:///{database}",
        "MARKETPLACE_DEMO": "true",
    } | settings
    port = free_port()
    log = database.with_suffix(".log")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", "from marketplace.cli import main; main()",
             "serve", "--port", str(port), "--workers", str(workers)],
            env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    giving_up = threading.Timer(READY_WITHIN_S, process.kill)
    giving_up.start()
    try:
        if not any("is ready" in line for line in process.stdout or ()):
            pytest.fail(f"the server did not get ready:\n{log.read_text(errors='replace')}")
        giving_up.cancel()
        yield f"http://127.0.0.1:{port}"
    finally:
        giving_up.cancel()
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def server(seed_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on a copy of the seed."""
    database = tmp_path_factory.mktemp("journeys") / "journeys.sqlite"
    shutil.copy(seed_file, database)
    with serving(database) as address:
        yield address


@pytest.fixture
def server_without_engine(seed_file: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server whose Elasticsearch does not answer: nobody listens there."""
    database = tmp_path / "journeys.sqlite"
    shutil.copy(seed_file, database)
    with serving(database, MARKETPLACE_ELASTICSEARCH_URL=f"http://127.0.0.1:{free_port()}") as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """Somebody's browser window and what it noticed on the way."""

    page: Page
    server: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.server + path, wait_until="load")
        return self.page

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def note_request(self, request: Request) -> None:
        if not request.url.startswith((self.server + "/", "data:", "blob:")):
            self.foreign.append(request.url)

    def note_message(self, message: ConsoleMessage) -> None:
        # A page with an error status is what some journeys come for.
        if (
            message.type in ("error", "warning")
            and "the server responded with a status of" not in message.text
        ):
            self.complaints.append(message.text)

    def fault(self) -> list[str]:
        """What the visit must not have met: other hosts, complaints of the browser."""
        return self.foreign + self.complaints


Visitor = Callable[..., Visit]


def open_window(chromium: Browser, server: str, width: int = WIDE, javascript: bool = True) -> Visit:
    """Open a window without cookies: width in pixels, with or without JavaScript."""
    context = chromium.new_context(
        viewport={"width": width, "height": HEIGHT},
        java_script_enabled=javascript,
        color_scheme="light",
        locale="de-DE",
        reduced_motion="reduce",
    )
    context.set_default_timeout(ANSWER_WITHIN_MS)
    visit = Visit(context.new_page(), server)
    context.on("request", visit.note_request)
    visit.page.on("console", visit.note_message)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    return visit


class Windows:
    """Windows that are emptied of what somebody left behind and handed on: opening one costs a second of work."""

    def __init__(self, chromium: Browser) -> None:
        self.chromium = chromium
        self.idle: dict[bool, list[Visit]] = {True: [], False: []}

    def take(self, server: str, width: int = WIDE, javascript: bool = True) -> Visit:
        """Give a window as one that nobody has used before."""
        if not self.idle[javascript]:
            return open_window(self.chromium, server, width, javascript)
        visit = self.idle[javascript].pop()
        visit.server = server
        visit.resize(width)
        return visit

    def give_back(self, visit: Visit, javascript: bool) -> None:
        """Keep a window, emptied, for the next; close it where something went wrong or its page is not the server's."""
        page = visit.page
        if visit.fault() or not page.url.startswith(visit.server + "/"):
            page.context.close()
            return
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.goto("about:blank")
        page.context.clear_cookies()
        page.emulate_media(media="screen", color_scheme="light")
        self.idle[javascript].append(visit)


@pytest.fixture(scope="session")
def windows(chromium: Browser) -> Windows:
    """The windows of all journeys; they close with the browser."""
    return Windows(chromium)


@pytest.fixture
def visitor(server: str, windows: Windows) -> Iterator[Visitor]:
    """Opens windows, each as one that nobody has used before; who changes more than a visit leaves does not hand it on."""
    visits: list[tuple[Visit, bool, bool]] = []

    def open_another(width: int = WIDE, javascript: bool = True, handed_on: bool = True) -> Visit:
        visit = windows.take(server, width, javascript)
        visits.append((visit, javascript, handed_on))
        return visit

    yield open_another
    faults = [fault for visit, _, _ in visits for fault in visit.fault()]
    for visit, javascript, handed_on in visits:
        if handed_on:
            windows.give_back(visit, javascript)
        else:
            visit.page.context.close()
    assert faults == []


@pytest.fixture(scope="session")
def window(server: str, chromium: Browser) -> Iterator[Visit]:
    """The one window of those who only look at a page: what all pages share is fetched and compiled once."""
    visit = open_window(chromium, server)
    yield visit
    visit.page.context.close()
    assert visit.foreign == []
    assert visit.complaints == []


@pytest.fixture
def reader(window: Visit) -> Iterator[Visit]:
    """Somebody without cookies in the window that others have used before: wide and light."""
    window.page.context.clear_cookies()
    window.page.emulate_media(color_scheme="light")
    window.resize(WIDE)
    yield window
    foreign, complaints = window.foreign.copy(), window.complaints.copy()
    window.foreign.clear()
    window.complaints.clear()
    assert foreign == []
    assert complaints == []
