"""The rooms behind the ``aquamind`` command: what each of its words does. Does not belong here: options and help texts (``cli``), assets."""
