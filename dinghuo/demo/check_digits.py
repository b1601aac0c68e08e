"""Check digits of the numbers that the demo company's master data carry."""

USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def ean_13(twelve: str) -> str:
    """A 13-digit article number: its first 12 digits and the check digit. Source: GS1 General Specifications, section 7.9."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"


def organisation_code(eight: str) -> str:
    """A Chinese organisation code of 9 characters from its first 8 digits. Source: GB 11714-1997."""
    total = sum(int(digit) * weight for digit, weight in zip(eight, ORGANISATION_WEIGHTS, strict=True))
    return eight + "0123456789X0"[11 - total % 11]


def credit_code(region: str, eight: str) -> str:
    """A unified social credit code of an enterprise: registering authority, region, organisation, check character.

    Source: GB 32100-2015, 18 characters, weights 3^i modulo 31.
    """
    body = f"91{region}{organisation_code(eight)}"
    total = sum(USCC_CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + USCC_CHARACTERS[-total % 31]
