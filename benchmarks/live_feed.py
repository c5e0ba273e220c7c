"""What open dashboards cost: the processor time of an idle proxy without and with people who look.

    .venv/bin/python benchmarks/live_feed.py [--viewers 10] [--seconds 20]

COMPANION_BINARY names the binary; the release build is the one that counts. The viewers are connections to
/admin/api/live that read everything, as browsers do.
"""

from __future__ import annotations

import argparse
import http.client
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests"))

from support.companion import BINARY, Companion, settings  # noqa: E402


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far (Linux)."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


class Viewer:
    def __init__(self, port: int) -> None:
        self.bytes = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._connection.request("GET", "/admin/api/live")
        self._response = self._connection.getresponse()
        assert self._response.status == 200, self._response.status
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while data := self._response.read1(65536):
                self.bytes += len(data)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass  # The measurement is over.


def share(pid: int, seconds: float) -> float:
    """Processor time per time, in percent of one processor."""
    start, used = time.monotonic(), processor_seconds(pid)
    time.sleep(seconds)
    return 100 * (processor_seconds(pid) - used) / (time.monotonic() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--viewers", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        companion = Companion(Path(home))
        companion.configure(settings({"name": "demo", "endpoint_type": "demo"}, logging={"level": "info"}))
        companion.start()
        try:
            time.sleep(2)
            idle = share(companion.pid, options.seconds)
            viewers = [Viewer(companion.port) for _ in range(options.viewers)]
            time.sleep(2)
            before = sum(viewer.bytes for viewer in viewers)
            watched = share(companion.pid, options.seconds)
            told = (sum(viewer.bytes for viewer in viewers) - before) / options.viewers / options.seconds
        finally:
            companion.stop()
    print(f"binary: {BINARY}")
    print(f"nobody looks: {idle:.2f} % of one processor")
    print(f"{options.viewers} look: {watched:.2f} %, {told:.0f} bytes a second each")
    print(f"difference: {watched - idle:.2f} %")


if __name__ == "__main__":
    main()
