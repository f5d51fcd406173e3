"""Asset checks: integrity (the laws that always hold) and realism (published figures)."""
