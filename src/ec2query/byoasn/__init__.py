"""The BYOASN domain: your own ASNs and address ranges at AWS."""
