"""Fish health: outbreaks, lice counts, treatments and vaccinations, and how they enter the day."""
