"""The site served to a browser: real requests, committed rows, and an eye on everything the browser complains of."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page

from tests.web.site import Site


class Threaded(ThreadingMixIn, WSGIServer):
    """A server that answers several requests at once, as a browser asks them."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: what is wrong is found by the tests."""


@contextmanager
def served() -> Iterator[str]:
    """The address of the running site."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Threaded, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Visit:
    """A page in the browser, with all that it complained of."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.on("dialog", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def go(self, path: str) -> None:
        """Open a page and wait until it asks for nothing more."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")

    def until(self, condition: str) -> None:
        """Wait until a script is true; the pages' policy forbids Playwright's own way, which needs eval."""
        for _try in range(200):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never: {condition}")


@contextmanager
def visit(browser: Browser, address: str, site: Site, role: str) -> Iterator[Visit]:
    """A signed-in member's browser."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    session = site.clients[role].cookies["session"].value
    context.add_cookies([{"name": "session", "value": session, "url": address}])
    yield Visit(context.new_page(), address)
    context.close()
