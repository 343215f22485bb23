"""The triggers: campaigns that listen to what happens. One file each, with a CAMPAIGN; adding one is adding a file."""

from importlib import import_module
from pkgutil import iter_modules

from campaigns.campaign import Campaign

ALL: list[Campaign] = [
    import_module(f"{__name__}.{module.name}").CAMPAIGN
    for module in iter_modules(__path__)
    if not module.ispkg
]
