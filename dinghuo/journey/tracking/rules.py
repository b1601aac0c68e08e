"""What counts as a poor rating, and how long a text may be."""

COMMENT_MAX = 2_000
POOR_AT_MOST = 2


def is_poor(rating: int) -> bool:
    """Whether a rating (1 to 5) asks for a person to act."""
    return rating <= POOR_AT_MOST
