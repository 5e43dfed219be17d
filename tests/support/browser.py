"""A headless Chromium, driven over a pipe by the DevTools protocol; what it does is recorded."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-proxy-server",
    "--remote-debugging-pipe",
]
# The events of an error, a request, a dialog or a script that ran.
RECORDED = (
    "Runtime.exceptionThrown",
    "Runtime.consoleAPICalled",
    "Log.entryAdded",
    "Network.requestWillBeSent",
    "Page.javascriptDialogOpening",
    "Page.frameRequestedNavigation",
    "Target.targetCreated",
)


def executable() -> str | None:
    """The path of a Chromium; None if there is none, or no pipe to drive it over."""
    return next(filter(None, map(shutil.which, NAMES)), None) if os.name == "posix" else None


class Browser:
    """One page in one browser; `events` are the recorded events, in order."""

    def __init__(self, profile: Path, patience: float = 30.0) -> None:
        self.patience, self.events = patience, []
        try:
            self._start(profile)
        except RuntimeError:  # once in some hundred starts a browser does not come up
            self._start(profile)

    def _start(self, profile: Path) -> None:
        self._count, self._rest, self._session = 0, b"", None
        import fcntl  # there is none on Windows

        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()

        def attach() -> None:
            # Copies above both first: either pipe may have one of the two numbers itself.
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs_in, theirs_out)]
            os.dup2(ends[0], 3)  # where the browser reads
            os.dup2(ends[1], 4)  # where it writes

        try:
            self._process = subprocess.Popen(
                [executable(), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
                preexec_fn=attach,
                close_fds=False,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        try:
            self._session = self._attach_to_page()
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.close()
            raise

    def call(self, method: str, **parameters):
        """The answer to a command.

        Raises:
            RuntimeError: the browser reports an error, has ended, or does not answer in time.
        """
        number = self._send(method, parameters)
        while True:
            answer = self._next()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def open(self, path: Path, *, width: int = 1200, height: int = 900, dark: bool = False) -> None:
        """Load a file in a window of this size and theme; earlier events are cleared."""
        theme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media="screen", features=theme)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        loaded = "document.readyState == 'complete' && location.href != 'about:blank'"
        deadline = time.monotonic() + self.patience
        while not self.evaluate(loaded):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path} did not load within {self.patience} s")

    def evaluate(self, expression: str):
        """The value of an expression in the page; the page's own policy does not apply to it."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def picture(self, path: Path, *, whole: bool = True) -> None:
        """Save the window, or the whole page, as PNG."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    def printed(self) -> bytes:
        """The page as PDF, in its style for paper."""
        self.call("Emulation.setEmulatedMedia", media="")
        answer = self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
        return base64.b64decode(answer["data"])

    def close(self) -> None:
        """Close the browser; whatever it answers, none of its processes is left running."""
        self._session = None
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            pass  # it is killed below
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            os.close(self._to)
            os.close(self._from)

    def _attach_to_page(self) -> str:
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        return self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def _send(self, method: str, parameters: dict) -> int:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        return self._count

    def _next(self) -> dict:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], self.patience)
            piece = os.read(self._from, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError(f"no answer from {executable()} within {self.patience} s")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        message = json.loads(line)
        if message.get("method") in RECORDED:
            self.events.append(message)
        if message.get("method") == "Page.javascriptDialogOpening":  # it would block everything
            self._send("Page.handleJavaScriptDialog", {"accept": True})
        return message
