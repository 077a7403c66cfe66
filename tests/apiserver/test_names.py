import re
import uuid

from onggi.apiserver.names import ALPHABET, LENGTH, suffix, uid


def test_a_uid_is_a_random_uuid():
    made = {uid() for _ in range(1000)}
    assert len(made) == 1000
    assert all(uuid.UUID(text).version == 4 and str(uuid.UUID(text)) == text for text in made)
    assert all(uuid.UUID(text).variant == uuid.RFC_4122 for text in made)


def test_a_suffix_has_upstreams_letters():
    assert re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", suffix())
