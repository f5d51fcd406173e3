"""An MQTT broker: its URL, and messages that it has acknowledged.

Belongs here: reading the URL, connecting, sending, waiting for acknowledgements, what it means that one does not come.
Does not belong here: what is in a message, which messages are due, another try (``pipeline.published``).
"""
