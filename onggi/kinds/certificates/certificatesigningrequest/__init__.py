from onggi.kinds.certificates.certificatesigningrequest.kind import (
    CERTIFICATESIGNINGREQUEST as CERTIFICATESIGNINGREQUEST,
)
