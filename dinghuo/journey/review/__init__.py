"""Stage 1, review 确认与审核: whether an order may go on.

Takes submitted orders. Gives released, held or rejected ones, each with a finding for every rule in force. Owns review_rule,
review, review_finding, hold, order_question, denied_party, registry_check, approval, the approval matrix with its bands, requests
and steps, delegation, duty_separation and sales_person. Records OrderReleased, OrderHeld, OrderRejected, OrderStopped, LineHeld and
HoldLifted; QuestionAsked and QuestionAnswered; ApprovalAsked, StepApproved, ApproverAsked, ApprovalEscalated and ApprovalVoided;
ApprovalMatrixChanged, RoleDelegated, DelegationEnded, DutiesSeparated, RuleInForce and RuleRetired.
"""
