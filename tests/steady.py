"""Property tests that are the same on every run and on every machine: no random seed, no deadline."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("steady")
