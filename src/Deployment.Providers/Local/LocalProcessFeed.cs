using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local;

/// <summary>
/// What becomes of a revision's processes: how often the supervisor started them again, and what they take of the machine. It has no memory, and
/// begins at its first look.
/// </summary>
internal sealed class LocalProcessFeed(Metric metric, StateFolder folder, string target, string revision, TimeProvider timeProvider) : IMetricFeed
{
    private Look? _last;

    public string Query => $"{folder.State}: {metric} of {target}/{revision}";

    public Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RevisionState state = Read();
        var now = new Look(
            timeProvider.GetUtcNow(),
            timeProvider.GetTimestamp(),
            state.Instances.ToDictionary(instance => instance.Slot, instance => instance.Restarts),
            metric.Kind == MetricKind.Increase ? null : UsageOf(state));
        Look? last = _last;
        _last = now;
        return Task.FromResult<IReadOnlyList<MetricSample>>(last is not null && now.At > last.At ? [Sample(last, now, state)] : []);
    }

    private RevisionState Read()
    {
        SupervisorState? state;
        try
        {
            state = StateStore.Read(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unknown($"The state can't be read: {error.Message}", error);
        }

        return state?.Targets.GetValueOrDefault(target)?.Revisions.GetValueOrDefault(revision) ?? throw Unknown($"{revision} isn't installed on {target}.");
    }

    private ProcessUsage UsageOf(RevisionState state)
    {
        CommandProcess[] running = [.. state.Instances.Select(instance => instance.Process).OfType<CommandProcess>().Where(ProcessGroup.IsAlive)];
        // That nothing is used where nothing runs is no good news.
        return running.Length > 0 ? ProcessUsage.Of(running.Select(process => process.ProcessId).ToHashSet()) : throw Unknown($"No process of {revision} runs at the moment.");
    }

    private MetricSample Sample(Look last, Look now, RevisionState state) =>
        metric.Kind == MetricKind.Increase ? MetricSample.Counted(last.At, now.At, now.RestartsSince(last))
        : metric.Name == Metric.Cpu.Name ? MetricSample.Figure(last.At, now.At, now.Usage!.ProcessorSecondsSince(last.Usage!) / (timeProvider.GetElapsedTime(last.Timestamp, now.Timestamp).TotalSeconds * ProcessUsage.Processors()))
        : MetricSample.Level(now.At, now.Usage!.ResidentBytes / (double)MemoryOf(state));

    private static long MemoryOf(RevisionState state) => state.Request.Limits?.MemoryBytes is { } limit ? limit * state.Instances.Count : ProcessUsage.MachineBytes();

    private MetricSourceException Unknown(string why, Exception? error = null) => new($"The supervisor of {folder.Path}", Query, why, innerException: error);

    private sealed record Look(DateTimeOffset At, long Timestamp, IReadOnlyDictionary<int, int> Restarts, ProcessUsage? Usage)
    {
        /// <summary>An instance that was begun anew in its slot counts from zero.</summary>
        internal int RestartsSince(Look last) => Restarts.Sum(slot => last.Restarts.GetValueOrDefault(slot.Key) is var before && slot.Value >= before ? slot.Value - before : slot.Value);
    }
}
