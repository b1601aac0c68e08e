"""Dinghuo: what a wholesale order goes through after it is placed."""

__version__ = "0.1.0"
