"""AquaMind's app ``harvest``."""
