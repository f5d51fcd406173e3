"""A progress that stops a run, for tests of interruptions."""

from aquamind_assets.pipeline.progress import Progress


class StopsAfter(Progress):
    """Asks for an interruption after so many chunks."""

    def __init__(self, chunks: int) -> None:
        super().__init__()
        self.left = chunks

    def chunk_written(self, asset: str, year: int, rows: int) -> None:
        self.left -= 1
        self.interrupt_requested = self.left <= 0
