from onggi.kinds.core.event.kind import EVENT as EVENT
