"""What is generated in ``docs/``: ``python -m aquamind_assets.docs_generator`` writes it anew.

Belongs here: the small farms that the documents show, and the parts of Markdown files made from them. Does not belong
here: the words around those parts, which people write in ``docs/`` itself, and the data dictionary
(``tables.dictionary``).
"""
