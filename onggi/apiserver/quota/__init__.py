"""ResourceQuotas: what a namespace has is known exactly, and no write goes beyond it.

ledger.py   what is used, from the store's own history, and what is reserved
stage.py    the question before a write
keeper.py   ``status.used``
"""
