from onggi.kinds.core.node.kind import NODE as NODE
