"""Copies what the pages load in a browser from node_modules to marketplace/web/static/vendor.

Started by `make` after `npm ci`. The folder is written anew each time, beside the old one, and takes its place at
the end: a copy that fails leaves the former files as they were. `versions.json` in it names each package's version.
"""

import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "marketplace" / "web" / "static" / "vendor"

FIRA_SANS = ("Light", "LightItalic", "Regular", "Italic", "Medium", "MediumItalic", "SemiBold", "SemiBoldItalic",
             "Bold", "BoldItalic")  # fmt: skip

# Package -> folder in vendor -> {file in the package: name in that folder}
FILES: dict[str, tuple[str, dict[str, str]]] = {
    "@kern-ux/native": (
        "kern",
        {
            "dist/kern.min.css": "kern.min.css",
            "dist/js/kern-kopfzeile.js": "kern-kopfzeile.js",
            "dist/fonts/fira-sans.css": "fonts/fira-sans.css",
            **{
                f"dist/fonts/fira-sans/FiraSans-{cut}.woff2": f"fonts/fira-sans/FiraSans-{cut}.woff2"
                for cut in FIRA_SANS
            },
            "LICENSE.md": "LICENSE.md",
        },
    ),
    "chart.js": ("chart", {"dist/chart.umd.min.js": "chart.umd.min.js", "LICENSE.md": "LICENSE.md"}),
    "htmx.org": ("htmx", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    "swagger-ui-dist": (
        "swagger-ui",
        {
            "swagger-ui.css": "swagger-ui.css",
            "swagger-ui-bundle.js": "swagger-ui-bundle.js",
            "swagger-ui-standalone-preset.js": "swagger-ui-standalone-preset.js",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
        },
    ),
}


class AssetMissingError(Exception):
    """A package, or a file that it used to hold, is not in node_modules."""


def version_of(package: str) -> str:
    """The installed version of `package`; raises AssetMissingError where it is not installed."""
    description = MODULES / package / "package.json"
    if not description.is_file():
        raise AssetMissingError(f"node_modules/{package} is missing: run `npm ci`")
    return str(json.loads(description.read_text(encoding="utf-8"))["version"])


def copy_package(package: str, version: str, target: Path) -> None:
    """Copies the files of `package` into `target`; raises AssetMissingError where its version has one no more."""
    for inside, name in FILES[package][1].items():
        source = MODULES / package / inside
        if not source.is_file():
            raise AssetMissingError(f"{package} {version} has no file {inside}: adapt scripts/web_assets.py")
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, destination)


def main() -> int:
    """Copies all packages; 0, or 1 with a message on stderr and the former files kept."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        versions = {package: version_of(package) for package in sorted(FILES)}
        for package, version in versions.items():
            copy_package(package, version, fresh / FILES[package][0])
        manifest = json.dumps(versions, indent=2) + "\n"
        (fresh / "versions.json").write_text(manifest, encoding="utf-8")
    except (AssetMissingError, OSError) as problem:
        shutil.rmtree(fresh, ignore_errors=True)
        print(f"web assets: {problem}", file=sys.stderr)
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.replace(VENDOR)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
