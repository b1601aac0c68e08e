"""The refusals of tracking, by code."""

NOT_DELIVERED = "not_delivered"
ALREADY_RATED = "already_rated"
ALREADY_ANSWERED = "already_answered"
