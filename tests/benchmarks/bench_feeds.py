"""Feeds beside JSON: the 50 newest entries as Atom and as a page of the API, and what it costs that nothing came."""

from functools import partial
from statistics import median
from time import perf_counter

from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from tests.benchmarks.bench_figures import milliseconds
from tests.land import OPERATOR

REVISED = "wohngeld-online"
FEED, PAGE = "/dienste.atom", "/api/v1/services?page_size=50&sort=-updated"
TIMES = 40
WANTED_FEED, WANTED_304 = 1.5, 0.3


def test_feed_beside_json(writable_seed: Context) -> None:
    """Printed: milliseconds of both after a change and kept, and their ratios; wanted are 1.5 and, for a 304, 0.3."""
    client = create_app(writable_seed).test_client()
    begun = perf_counter()
    assert client.get(FEED).text.count("<entry>") == len(client.get(PAGE).get_json()["items"]) == 50
    first = (perf_counter() - begun) * 1000
    page, feed = (_after_changes(writable_seed, client, address) for address in (PAGE, FEED))
    kept_page, kept_feed = (milliseconds(partial(client.get, address), TIMES) for address in (PAGE, FEED))
    asked = {"If-None-Match": client.get(FEED).headers["ETag"]}
    unchanged = milliseconds(lambda: client.get(FEED, headers=asked), TIMES)
    assert client.get(FEED, headers=asked).status_code == 304
    print(f"\nmedian milliseconds, 50 entries (wanted: a feed at most {WANTED_FEED} times the page, 304 at most"
          f" {WANTED_304} times)")  # fmt: skip
    print(f"  page of the API      after a change {page:.2f}, kept {kept_page:.2f}")
    print(
        f"  feed                 after a change {feed:.2f} ({feed / page:.2f}), kept {kept_feed:.2f}"
        f" ({kept_feed / kept_page:.2f}); the first of a process, with the page {first:.0f}"
    )
    print(
        f"  304                  {unchanged:.2f} ({unchanged / page:.2f}; beside the kept page {unchanged / kept_page:.2f})"
    )


def _after_changes(ctx: Context, client: FlaskClient, address: str) -> float:
    """Return the median of what it takes to answer after an entry was revised."""
    taken = []
    for number in range(TIMES):
        fields = {"summary": f"Fassung {number} für {address}."}
        patch_service(ctx, OPERATOR, REVISED, fields, ANY_VERSION)
        begun = perf_counter()
        assert client.get(address).status_code == 200
        taken.append(perf_counter() - begun)
    return median(taken) * 1000
