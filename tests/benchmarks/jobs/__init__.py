"""Everything that is measured, a module for each family of jobs."""

from tests.benchmarks.jobs import appends, as_of, board, deciding, delivering, growing, importing, memory, projecting, sealing

JOBS = (
    *appends.JOBS,
    *deciding.JOBS,
    *projecting.JOBS,
    *delivering.JOBS,
    *memory.JOBS,
    *importing.JOBS,
    *as_of.JOBS,
    *board.JOBS,
    *sealing.JOBS,
    *growing.JOBS,
)
