"""The composition root: the only part that knows all the others.

``run.run(config, progress)`` starts everything in order, tells each step, serves until a
signal comes, and stops in the opposite order. SIGTERM and SIGINT stop the pods too; SIGUSR1
leaves them running for the next start.
"""
