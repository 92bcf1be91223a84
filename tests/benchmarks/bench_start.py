"""Second start to ready: migrate, seed (nothing to do), serve, as `make run` does it."""

import os
import subprocess
import time
from pathlib import Path

from tests.benchmarks.load import ROOT, free_port, wait_until_ready


def test_second_start(seed_file: Path) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "MARKETPLACE_DATABASE_URL": f"sqlite:///{seed_file}",
        "MARKETPLACE_DEMO": "1",
    }
    begun = time.perf_counter()
    process = subprocess.Popen(
        ["make", "--no-print-directory", "run", f"PORT={port}"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        wait_until_ready(process, f"http://127.0.0.1:{port}/readyz")
        print(f"\n  second start to ready: {time.perf_counter() - begun:.2f} s (wanted <= 5 s)")
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
