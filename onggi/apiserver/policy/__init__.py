"""Admission policies: rules and changes in CEL, in force where a binding says so.

``source`` has the policies that are bound, compiled; ``inputs`` what their expressions see;
``params`` their parameters; ``validating`` and ``mutating`` are the two stages of admission.
"""
