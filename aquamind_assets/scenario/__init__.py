"""What is farmed: the typed, validated configuration model and its presets (YAML data).

Belongs here: every parameter with its unit, range and source; loading, changing and fingerprinting a scenario. Does not
belong here: anything that acts on a parameter.
"""
