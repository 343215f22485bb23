"""Property tests that are the same on every run and on every machine: no random seed, nothing that asks a watch."""

from hypothesis import HealthCheck, Phase, settings

STEADY = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
settings.register_profile("steady", max_examples=60, **STEADY)
settings.load_profile("steady")

# For stories that need a database: without the search for a shorter one, which takes minutes there.
STORIES = settings(max_examples=10, stateful_step_count=25, phases=[Phase.generate], **STEADY)
