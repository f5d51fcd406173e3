"""Generated content of ``docs/``: ``python -m aquamind_assets.docs_generator`` writes it.

Belongs here: the small farms in the documents, and the parts of Markdown files generated from them. Does not belong
here: the text around those parts, which is written by hand in ``docs/``, and the data dictionary
(``tables.dictionary``).
"""
