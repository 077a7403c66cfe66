"""Custom resources' schemas: ``openAPIV3Schema`` compiled, and what it does to objects.

    node = Structural(schema)             once for each version of a CustomResourceDefinition
    prune.prune(obj, node, tracker)       unknown fields go; which ones, if a tracker is given
    prune.drop_nulls(obj, node)           nulls that neither ``nullable`` nor a default allow
    defaults.fill(obj, node)              defaults, also of objects read from the store
    values.check(obj, validator, …)       types, bounds, patterns … as FieldErrors
    lists.check(obj, node)                sets and maps among lists: each member once

Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver/schema`` and ``…/validation``.
"""
