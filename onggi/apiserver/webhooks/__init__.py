"""Admission webhooks: programs elsewhere that are asked about writes.

``hook`` is a webhook as it was configured, ``review`` the question and the answer, ``client`` the
call over HTTPS; ``mutating`` and ``validating`` are the two stages of admission.
"""
