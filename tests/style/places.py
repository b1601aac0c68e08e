"""Checkers for what may stand in no file: this machine's paths, and addresses of package registries."""

import json
import re

# Put together here, since this file is looked through as well.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("npmmirror", "com"),
        ("debian", "org"),
        ("tsinghua", "edu", "cn"),
        ("aliyun", "com"),
    )
)
MACHINE_PATH = re.compile(r"/(?:work|home|Users)/[a-z][\w.-]*/|/root/\.|[A-Z]:\\Users\\", re.IGNORECASE)


def registry_hosts(text: str) -> list[str]:
    """Name the registries that a text gives the address of."""
    pattern = re.compile("|".join(rf"\b{re.escape(host)}\b" for host in REGISTRY_HOSTS))
    return [f"{text.count(chr(10), 0, found.start()) + 1}: names {found[0]}" for found in pattern.finditer(text)]


def machine_paths(text: str) -> list[str]:
    """Name paths that exist on one person's machine only."""
    return [f"{text.count(chr(10), 0, found.start()) + 1}: {found[0]}" for found in MACHINE_PATH.finditer(text)]


def addresses_in_requirements(text: str) -> list[str]:
    """Find what ties a lock of Python packages to one place they come from."""
    tied = re.compile(r"://|^\s*(--index-url|--extra-index-url|--find-links|--trusted-host|-[if]\b)", re.MULTILINE)
    return [f"{text.count(chr(10), 0, found.start()) + 1}: {found[0].strip()}" for found in tied.finditer(text)]


def unhashed_requirements(text: str) -> list[str]:
    """Name packages of a lock that no hash pins."""
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text))
    return [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def addresses_in_package_lock(text: str) -> list[str]:
    """Name npm packages that are tied to a download address, or that no hash pins."""
    packages: dict[str, dict[str, object]] = json.loads(text)["packages"]
    return [
        f"{name}: {'has an address' if 'resolved' in facts else 'has no hash'}"
        for name, facts in packages.items()
        if name and ("resolved" in facts or "integrity" not in facts)
    ]
