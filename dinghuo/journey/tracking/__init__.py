"""Stage 5, tracking 跟踪与反馈: the customer knows, and answers.

Takes the journal. Gives promises, notifications, each order's timeline, and what customers say with our answers. Owns promise,
notification, webhook_delivery, feedback and service_case. Records PromiseMade, CustomerNotified, FeedbackLeft and FeedbackAnswered.
"""
