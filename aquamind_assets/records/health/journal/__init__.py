"""The fish health journal: which entries there are, and the text of each."""
