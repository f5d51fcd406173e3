"""Reading YAML, by the parser in C where the package has it: the one in Python takes seconds for a scenario's files.

Belongs here: text to plain values. Does not belong here: files, or what the values mean.
"""

from typing import Any

import yaml

NotYaml = yaml.YAMLError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """Return the value of one YAML document: mappings, lists, texts, numbers, dates and None.

    Raises:
        NotYaml: the text is not YAML.
    """
    return yaml.load(text, Loader=_Loader)
