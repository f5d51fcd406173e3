"""What every asset carries: its owners."""

OWNERS = ["team:aquamind-data"]
