"""The Common Expression Language, as Kubernetes v1.37 speaks it.

    env = rules(declared(schema, root=True))              onggi.api.cel.environments, .declared
    program = compile("self.replicas <= self.max", env)   onggi.api.cel.program; raises CelErrors
    program.type                                          is onggi.api.cel.types.BOOL
    program.estimate().max                                the static cost, for limits of a CRD
    program.uses("oldSelf")                               whether it is a transition rule
    program.measure({"self": obj}, limit)                 (value, cost); raises CelError with
                                                          ``.cost``, or BudgetExceeded

Values go in as plain JSON; a declared type converts what it reads (timestamps, sets, …), once
for each evaluation. Imported where an expression is, and not before.
"""
