"""Who owns which field: sets of fields as FieldsV1, and what server-side apply does with them.

A set of fields is kept in the form in which objects carry it: the JSON of ``fieldsV1``. So
what an update does not touch is neither decoded nor encoded.

* ``sets``: the algebra; ``elements``: the parts of a path;
* ``plan``: a schema's nodes, as these walks want them;
* ``owned``, ``compare``, ``merge``, ``remove``, ``check``: values against their schema;
* ``update``: the two operations, on the sets of all managers; ``entries``: ``managedFields``.

Source: ``sigs.k8s.io/structured-merge-diff/v6``, ``k8s.io/apimachinery/pkg/util/managedfields``.
"""
