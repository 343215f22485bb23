"""What the page /design/ shows: tokens with their measured contrast, components, ten merchants' colours."""

def page():
    return {}
