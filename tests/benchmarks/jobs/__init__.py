"""Everything that is measured, a module for each family of jobs."""

from tests.benchmarks.jobs import appends, deciding, delivering, growing, memory, projecting

JOBS = (*appends.JOBS, *deciding.JOBS, *projecting.JOBS, *delivering.JOBS, *memory.JOBS, *growing.JOBS)
