"""Service addresses and names: ``rules`` decide (pure), ``nftables`` and ``dns`` perform."""
