"""AquaMind's app ``historian``: the tags of the sensors."""
