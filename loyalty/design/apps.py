"""Registers the shared template tags and components."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "loyalty.design"
    label = "design"
