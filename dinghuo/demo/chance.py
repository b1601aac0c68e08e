"""Chance that can be repeated: what falls out depends on the seed and on what is asked, never on the order of asking."""

import hashlib
import random


def stream(seed: int, *about: object) -> random.Random:
    """A stream of random numbers of its own for one thing."""
    return random.Random("|".join(map(str, (seed, *about))))


def roll(seed: int, *about: object) -> float:
    """One number from 0 up to but not including 1 for one thing."""
    text = "|".join(map(str, (seed, *about)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / 2**64
