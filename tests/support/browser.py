"""Debian's Chromium, headless, driven over a pipe by the DevTools protocol: no driver and no package needed."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# It must look for nothing outside, and runs as root in containers.
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
--disable-sync --disable-dev-shm-usage --hide-scrollbars --remote-debugging-pipe""".split()


class Failed(Exception):
    """The browser did not do what it was asked to."""


class Browser:
    """One page of a browser with an empty profile; close it when done."""

    def __init__(self, width: int = 420, height: int = 900) -> None:
        assert PROGRAM is not None
        self._profile = tempfile.mkdtemp(prefix="mamastoria-browser-")
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # The protocol's descriptors are 3 and 4; bash moves ours there, since Python gives no choice of numbers.
        command = [
            "bash",
            "-c",
            f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}',
            "browser",
            PROGRAM,
            *FLAGS,
            f"--user-data-dir={self._profile}",
        ]
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen(
            [*command, f"--window-size={width},{height}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdin=silent,
            stdout=silent,
            stderr=silent,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._out, self._in, self._numbers = os.fdopen(ours_out, "wb", 0), os.fdopen(ours_in, "rb"), itertools.count(1)
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._page = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self.page("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def _ask(self, method: str, params: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == number:
                if "error" in answer:
                    raise Failed(answer["error"])
                return answer["result"]

    def _message(self) -> bytes:
        found = bytearray()
        while (byte := self._in.read(1)) not in (b"\0", b""):
            found += byte
        assert byte, "the browser has gone away"
        return bytes(found)

    def page(self, method: str, **params: Any) -> dict[str, Any]:
        """A command of the protocol to the page."""
        return self._ask(method, params, self._page)

    def open(self, url: str) -> None:
        """Go to `url`."""
        self.page("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        result = self.page("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise Failed(result)
        return result["result"].get("value")

    def wait(self, script: str, seconds: float = 30) -> None:
        """Wait until a JavaScript expression is true, on this page or the one that it is leaving for."""
        end = time.monotonic() + seconds
        while not self._true(script):
            assert time.monotonic() < end, f"{script} did not come true; the page says: {self.text()}"
            time.sleep(0.05)

    def _true(self, script: str) -> bool:
        try:
            return bool(self.run(f"Boolean({script})"))
        except Failed:  # Between two pages there is none that could be asked.
            return False

    def text(self) -> str:
        """What a person reads on the page."""
        return str(self.run("document.body.innerText"))

    def click(self, selector: str) -> None:
        """Click, with the mouse and where a person would, the first element that `selector` names."""
        at = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.page("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1)

    def picture(self) -> bytes:
        """The page as a PNG."""
        return base64.b64decode(self.page("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"])

    def close(self) -> None:
        """End the browser and forget its profile."""
        self._process.terminate()
        self._process.wait(20)
        self._out.close()
        self._in.close()
        shutil.rmtree(self._profile, ignore_errors=True)
