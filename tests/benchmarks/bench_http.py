"""Requests per second of the hot routes against bare Flask returning the same bytes, in one run."""

import sys
from pathlib import Path

from tests.benchmarks.load import bare_flask, fetch, free_port, requests_per_second, serving

ROUTES = {
    "list of 20 services": ("/api/v1/services?page_size=20", 0.25),
    "reuse of one service by state": ("/api/v1/statistics/reuse?service=wohngeld-online&by=state", 0.4),
    "search with facets": ("/api/v1/search?q=wohngeld", None),
    "adopters of one service": ("/api/v1/services/wohngeld-online/adoptions", None),
}


def test_requests_per_second(seed_file: Path, tmp_path: Path) -> None:
    port, bare_port = free_port(), free_port()
    marketplace = [
        str(Path(sys.executable).with_name("marketplace")),
        "serve",
        "--port",
        str(port),
        "--workers",
        "2",
    ]
    environment = {"MARKETPLACE_DATABASE_URL": f"sqlite:///{seed_file}", "MARKETPLACE_DEMO": "1"}
    bodies = tmp_path / "bodies"
    bodies.mkdir()
    print("\nrequests per second, two workers of four threads, 8 connections, one machine")
    with serving(marketplace, port, environment, "/readyz") as address:
        for number, (path, _) in enumerate(ROUTES.values()):
            (bodies / str(number)).write_bytes(fetch(address + path))
        with serving(bare_flask(bodies, bare_port), bare_port, {}, "/0"):
            for number, (name, (path, wanted)) in enumerate(ROUTES.items()):
                requests_per_second(port, path, 1)
                requests_per_second(bare_port, f"/{number}", 1)
                ours = requests_per_second(port, path)
                bare = requests_per_second(bare_port, f"/{number}")
                goal = f"  (wanted >= {wanted})" if wanted else ""
                size = (bodies / str(number)).stat().st_size
                print(f"  {name:32} {ours:7.0f} / {bare:7.0f} = {ours / bare:.2f}{goal}  {size} bytes")
