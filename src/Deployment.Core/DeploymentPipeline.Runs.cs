using Deployment.Analysis;
using Deployment.Execution;
using Deployment.Planning;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment;

// Looking at runs and steering them, from whichever process.
public sealed partial class DeploymentPipeline
{
    /// <summary>Sends a signal to a run, wherever it is driven.</summary>
    /// <exception cref="DeploymentException">There is no such run, it has ended, or the approval is of another runbook.</exception>
    public async Task SignalAsync(string runId, Signal signal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signal);
        if (signal.Kind == SignalKind.Unreadable || !Enum.IsDefined(signal.Kind))
        {
            throw new DeploymentException($"{signal.Kind} is no signal that can be sent.");
        }

        RunRecord run = await FindAsync(runId, cancellationToken);
        if (run.State == RunState.Ended)
        {
            throw new DeploymentException($"Run {runId} has ended ({run.Outcome}); it takes no signals any more.");
        }

        if (signal.Kind == SignalKind.Approve && signal.RunbookHash != run.RunbookHash)
        {
            throw new DeploymentException($"Run {runId} follows the runbook {run.RunbookHash}; an approval of {signal.RunbookHash ?? "none"} can't count for it. Read its runbook (ReadRunbookAsync) and approve that hash.");
        }

        await _services.Store.PostSignalAsync(run.Id, signal, cancellationToken);
    }

    /// <summary>Says that something is wrong with the release that a run brings. What is done then: see <see cref="IncidentKind"/>.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="incident">What was found.</param>
    /// <param name="by">Who found it: 1 to 120 characters on one line.</param>
    /// <param name="evidence">What it rests on, such as where it can be looked at: 1 to 120 characters on one line.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is no such run, or it has ended: then <see cref="RollBackAsync"/> goes back.</exception>
    public Task ReportAsync(string runId, IncidentKind incident, string by, string evidence, CancellationToken cancellationToken = default) =>
        Enum.IsDefined(incident)
            ? SignalAsync(runId, Signal.Report(by, incident, evidence), cancellationToken)
            : throw new DeploymentException($"{incident} is no kind of incident.");

    /// <summary>What runs where at which share, how each resource is, which runs are open, who drives them, and which runs are scheduled.</summary>
    public async Task<DeploymentStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        var targets = await Observer.ObserveAsync(_definition.Table, _definition.Targets.Select(target => target.Name), cancellationToken);
        Observation[] resources = await Task.WhenAll(_definition.Resources.Select(resource => LookAsync(resource, cancellationToken)));
        IReadOnlyList<RunRecord> runs = await _history.RunsAsync(cancellationToken);
        DateTimeOffset now = _services.Time.GetUtcNow();
        Dictionary<string, Driver> drivers = [];
        foreach (RunRecord run in runs.Where(DeploymentStatus.IsOpen))
        {
            if (Driver.Of(await _services.Store.ReadLeaseAsync(run.Id, cancellationToken), now) is { } driver)
            {
                drivers[run.Id] = driver;
            }
        }

        return DeploymentStatus.Of(this, targets.Values, resources, runs, drivers, now);
    }

    /// <summary>When a flag store is out of order people want to see all the rest.</summary>
    private static async Task<Observation> LookAsync(DeploymentTarget resource, CancellationToken cancellationToken)
    {
        try
        {
            return await resource.ObserveAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return new Observation { Target = resource.Name, Problems = [$"It can't be looked at: {error.Message}"] };
        }
    }

    /// <summary>
    /// The runbook that a run follows, so that a person can read it in another process than the one that drives the run, and approve its hash
    /// (<see cref="Signal.Approve"/>).
    /// </summary>
    /// <exception cref="DeploymentException">There is no such run, or it is only scheduled: its runbook is made when it is due.</exception>
    public async Task<Runbook> ReadRunbookAsync(string runId, CancellationToken cancellationToken = default)
    {
        RunRecord run = await FindAsync(runId, cancellationToken);
        return await RunStorage.ReadRunbookAsync(
            _services.Store,
            run.RunbookHash ?? throw new DeploymentException($"Run {run.Id} is scheduled for {run.DueAt:u} and has no runbook yet. CompleteAsync plans it when it is due."),
            cancellationToken);
    }

    /// <summary>What happened in a run so far.</summary>
    /// <exception cref="DeploymentException">There is no such run.</exception>
    public async Task<ExecutionLog> ReadLogAsync(string runId, CancellationToken cancellationToken = default)
    {
        RunRecord run = await FindAsync(runId, cancellationToken);
        return new ExecutionLog(run, (await JournalCodec.ReadAsync(_services.Store, run.Id, cancellationToken)).Entries, new WatchRecords(_services.Store, run));
    }
}
