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

    /// <summary>
    /// Says that something is wrong with the release that a run brings, or has brought. What is done then: see <see cref="IncidentKind"/>. A deployment that has
    /// ended and is still in its extended watch goes back as when its watch had found it: by a run that is due at once, which <see cref="CompleteAsync(CancellationToken)"/>
    /// or the host's worker carries out.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="incident">What was found.</param>
    /// <param name="by">Who found it: 1 to 120 characters on one line.</param>
    /// <param name="evidence">What it rests on, such as where it can be looked at: 1 to 120 characters on one line.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is no such run; or it has ended, and is not watched on, goes back already, or the incident is none that goes back.</exception>
    public async Task ReportAsync(string runId, IncidentKind incident, string by, string evidence, CancellationToken cancellationToken = default)
    {
        if (!Enum.IsDefined(incident))
        {
            throw new DeploymentException($"{incident} is no kind of incident.");
        }

        Signal report = Signal.Report(by, incident, evidence);
        RunRecord run = await FindAsync(runId, cancellationToken);
        await (run.State == RunState.Ended ? GoBackLaterAsync(run, report, cancellationToken) : ReportOpenAsync(runId, report, cancellationToken));
    }

    /// <summary>A run that ends meanwhile reads its inbox after it has said so; who posted later than that sees that it has.</summary>
    private async Task ReportOpenAsync(string runId, Signal report, CancellationToken cancellationToken)
    {
        await SignalAsync(runId, report, cancellationToken);
        if (WatchFollowUps.GoesBack(report)
            && await FindAsync(runId, cancellationToken) is { State: RunState.Ended, Outcome: DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded } ended
            && (await _history.RunsAsync(cancellationToken)).Any(run => WatchRuns.IsLookAt(run, runId) && run.State != RunState.Ended))
        {
            await RunStorage.CreateOnceAsync(_services, WatchRuns.Back(runId, ended, _services.Time.GetUtcNow(), WatchFollowUps.Reported(report)));
        }
    }

    private async Task GoBackLaterAsync(RunRecord deployment, Signal report, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> runs = await _history.RunsAsync(cancellationToken);
        string ended = $"Run {deployment.Id} has ended ({deployment.Outcome})";
        if (runs.LastOrDefault(run => WatchRuns.IsBackFrom(run, deployment.Id)) is { } back)
        {
            throw new DeploymentException(back.State == RunState.Ended
                ? $"{ended}, and run {back.Id} was to go back from it and ended as {back.Outcome}: {back.Reason} The report changes nothing. If users still have what was reported, go back by RollBackAsync, or deploy a release that is well."
                : $"{ended}, and run {back.Id} goes back from it already: {back.Reason} Nothing more needs to be done.");
        }

        if (!runs.Any(run => WatchRuns.IsLookAt(run, deployment.Id) && run.State != RunState.Ended))
        {
            throw new DeploymentException($"{ended} and is not watched on, so a report can't make it go back by itself. If users still have what it brought, go back by RollBackAsync, or deploy a release that is well.");
        }

        if (report.Incident == IncidentKind.Other)
        {
            throw new DeploymentException($"{ended}, so there is nothing that {nameof(IncidentKind.Other)} could pause. If users can't do without what was reported, report what it is, which goes back, or go back by RollBackAsync.");
        }

        RunRecord way = WatchRuns.Back(deployment.Id, deployment, _services.Time.GetUtcNow(), WatchFollowUps.Reported(report));
        if (!await RunStorage.CreateOnceAsync(_services, way))
        {
            throw new DeploymentException($"{ended}, and run {way.Id} goes back from it already. Nothing more needs to be done.");
        }
    }

    /// <summary>What runs where at which share, how each resource is, which runs are open, who drives them, and which runs are scheduled.</summary>
    public async Task<DeploymentStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        var targets = await Observer.ObserveAsync(_definition.Table, _definition.Targets.Select(target => target.Name), cancellationToken);
        Observation[] resources = await Task.WhenAll(_definition.Resources.Concat(_definition.Databases).Select(resource => LookAsync(resource, cancellationToken)));
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
