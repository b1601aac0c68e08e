"""How ids stand in addresses."""


class IdConverter:
    """A row's id: a positive whole number that its column can hold; anything else is no address at all."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Read the id."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Write the id."""
        return str(value)
