"""AquaMind's app ``broodstock`` as far as the eggs of batches need it: suppliers, parents, eggs, and their batches."""
