"""From rows and results of verbs to answers, one file per noun."""
