"""The most memory that a process has had."""

from pathlib import Path


def own_peak_megabytes():
    # What `resource` reports on Linux includes the parent's memory from before the new program was loaded.
    status = Path("/proc/self/status")
    if status.exists():
        return megabytes(status, "VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def megabytes(status, name):
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(name)) / 1024
