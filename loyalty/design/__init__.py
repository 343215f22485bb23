"""The visual language: drawings as inline SVG, wording of numbers and dates, template tags, its own page."""
