"""Stage 1, review 确认与审核: whether an order may go on.

Takes submitted orders. Gives released, held or rejected ones, each with a finding for every rule in force. Owns review_rule,
review, review_finding, hold and approval. Records OrderReleased, OrderHeld, OrderRejected and HoldLifted.
"""
