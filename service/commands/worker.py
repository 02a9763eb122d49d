"""``bangkom worker``: processes that do jobs."""

import click

from service.settings import Settings, job_settings, trace_settings
from service.terminal import Terminal


@click.command()
@click.option("-n", "n_workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes.")
@click.pass_obj
def worker(settings: Settings, /, *, n_workers: int) -> None:
    """Do jobs (imports, fits, plans, exports) until stopped; more workers may run elsewhere on the same database.

    \b
    Example:
      bangkom worker -n 2
    """
    from service.jobs.crew import Crew
    from service.reference import open_office
    from service.tracing import check_tracing

    times = job_settings()
    check_tracing(trace_settings())
    open_office(settings.database_url)
    Terminal(settings).say("{n} workers are waiting for jobs; Ctrl-C ends them.", n=n_workers)
    Crew(settings.database_url, n_workers, times).run()
