"""The site and the worker as processes: started together, watched, started again when they die, ended together."""

from typing import Final

GRACE_SECONDS: Final = 15
"""How long a process may take to end what it is doing before it is ended by force."""
