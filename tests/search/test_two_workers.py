"""The embedded engine in the processes and threads of a real server: what one writes all find with their next answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from marketplace.actions.context import Context
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from tests import land
from tests.journeys.conftest import serving

WORKERS, THREADS, ENTRIES, ASKING = 2, 4, 4, 24


def found(address: str, q: str) -> int:
    answer = requests.get(f"{address}/api/v1/search", {"q": q}, timeout=30)
    assert answer.status_code == 200
    return int(answer.json()["total"])


def test_two_workers_of_four_threads_find_every_write_with_their_next_answer(writable_seed: Context) -> None:
    path = Path(str(writable_seed.database.engine.url.database))
    done = threading.Event()

    def keep_asking(_: int) -> int:
        asked = 0
        while not done.is_set():
            assert found(address, "Wohngeld") > 0
            asked += 1
        return asked

    with serving(path, WORKERS) as address, ThreadPoolExecutor(WORKERS * THREADS + ASKING) as pool:
        busy = [pool.submit(keep_asking, number) for number in range(WORKERS * THREADS)]
        try:
            for number in range(1, ENTRIES + 1):
                land.add_service(
                    writable_seed, f"xylotheke-{number}", name=f"Xylotheke {number}", publisher="dataport"
                )
                assert set(pool.map(lambda _: found(address, "Xylotheke"), range(ASKING))) == {number}
            for number in range(1, ENTRIES + 1):
                patch_service(
                    writable_seed, land.OPERATOR, f"xylotheke-{number}", {"status": "withdrawn"}, ANY_VERSION
                )
                left = ENTRIES - number
                assert set(pool.map(lambda _: found(address, "Xylotheke"), range(ASKING))) == {left}
        finally:
            done.set()
        assert sum(one.result() for one in busy) > 0
