"""The files' own names of countries, as ISO 3166 codes; what names no country is ZZ, unknown."""

from babel import Locale

UNKNOWN = "ZZ"
# Only the names that differ from Unicode's English ones.
SPELLINGS = {
    "EIRE": "IE",
    "Channel Islands": "JE",
    "RSA": "ZA",
    "USA": "US",
    "Hong Kong": "HK",
    "Korea": "KR",
    "Czech Republic": "CZ",
    "European Community": "EU",
    "Unspecified": UNKNOWN,
    "West Indies": UNKNOWN,
    "": UNKNOWN,
}
ENGLISH = {name: code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}


def country_code(name: str) -> str:
    """The ISO 3166 code of a country as the file spells it."""
    return SPELLINGS.get(name) or ENGLISH.get(name, UNKNOWN)
