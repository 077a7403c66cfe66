"""API aggregation: groups that extension API servers serve, under the addresses of this one.

``services`` are the APIServices as the store has them, ``registration`` those of what this server
serves itself; ``availability`` asks the others whether they are well; ``proxy`` hands requests on,
``merged`` puts their discovery beside ours. ``aggregator`` holds it together.
"""
