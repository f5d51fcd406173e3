"""The processes of the farm, one module each: rates and decisions from yesterday's state, as pure functions on
arrays."""
