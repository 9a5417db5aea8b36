using Deployment.Analysis;
using Deployment.Execution;
using Deployment.Store;

namespace Deployment;

// Judging again what was recorded.
public sealed partial class DeploymentPipeline
{
    /// <summary>
    /// Judges the watches of a run again, by all that they saw, look by look: nothing is measured and nothing is changed. A watch that the
    /// health of the release, a person or a crash ended before it decided has no record and is not judged again.
    /// </summary>
    /// <param name="runId">The run; it may have ended, or still go on.</param>
    /// <param name="configure">
    /// Rules, and options where they differ from the pipeline's. Sources are not asked. Null for the pipeline's own rules.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Each verdict of a watch that has a record, in order; at least one.</returns>
    /// <exception cref="DeploymentException">There is no such run, none of its watches has a record, or a record is missing, damaged or of another format.</exception>
    /// <exception cref="DeploymentValidationException">The rules or options can't be used; all errors together.</exception>
    public async Task<IReadOnlyList<WatchReplay>> ReplayAsync(string runId, Action<MonitorBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        RunRecord run = await FindAsync(runId, cancellationToken);
        (List<JournalEntry> entries, _) = await JournalCodec.ReadAsync(_services.Store, run.Id, cancellationToken);
        IReadOnlyList<RecordedWatch> watches = await new WatchRecords(_services.Store, run).ReadAsync(entries, cancellationToken);
        if (watches.Count == 0)
        {
            throw new DeploymentException($"Run {run.Id} has nothing to judge again: no watch of it has decided by its metrics so far.");
        }

        List<WatchReplay> replays = [];
        foreach (RecordedWatch watch in watches)
        {
            MonitorDefinition own = (_services.Checks.GetValueOrDefault(watch.Step.Check) as WatchCheck)?.Monitor ?? MonitorDefinition.None;
            MonitorDefinition monitor = configure is null ? own : MonitorOf(configure, own.Options);
            if (monitor.Rules.Count == 0)
            {
                throw new DeploymentException($"This build of the pipeline '{Name}' has no rules for '{watch.Step.Title}' ({watch.Step.Id}). Give some to ReplayAsync.");
            }

            WatchRecord record = watch.Record ?? throw watch.Problem!;
            replays.Add(new WatchReplayer(monitor, Environment, record).Replay(watch.Step.Id, cancellationToken));
        }

        return replays;
    }

    private static MonitorDefinition MonitorOf(Action<MonitorBuilder> configure, MonitorOptions options)
    {
        var builder = new MonitorBuilder(options.Copy());
        configure(builder);
        List<string> errors = [];
        MonitorDefinition monitor = builder.Build(TimeSpan.Zero, errors);
        return errors.Count == 0 ? monitor : throw new DeploymentValidationException("The replay's monitor", errors);
    }
}
