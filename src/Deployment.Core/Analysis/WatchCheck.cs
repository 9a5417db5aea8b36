using Deployment.Health;

namespace Deployment.Analysis;

/// <summary>Watches a release for as long as the step says: that it stays well, and that no rule of the monitor is found.</summary>
internal sealed class WatchCheck(string name, string environment, MonitorDefinition monitor, IReadOnlyList<Check> health) : Check(name, CheckKind.Analysis)
{
    /// <summary>Between two looks at the health of a release that takes traffic.</summary>
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long one that was told to stop is waited for.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    internal MonitorDefinition Monitor => monitor;

    internal WatchSubjects SubjectsOf(CheckSubject subject) => new(monitor, environment, subject);

    public override CheckDescription Describe(CheckSubject subject)
    {
        WatchSubjects subjects = SubjectsOf(subject);
        return new CheckDescription(
            [.. subjects.Commands(), .. health.SelectMany(check => check.Describe(subject).Commands).Distinct(StringComparer.Ordinal)],
            subjects.Expected(health));
    }

    /// <summary>Whoever decides first decides: a release that is not well is not watched to the end.</summary>
    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<Verdict>[] all = [.. health.Select(check => StaysWellAsync(check, context, over.Token)), new Watch(monitor, SubjectsOf(context.Subject), context).RunAsync(over.Token)];
        Task<Verdict> first = await Task.WhenAny(all);
        over.Cancel();
        await LeaveAsync([.. all.Where(other => other != first)], context.TimeProvider);
        return await first;
    }

    /// <summary>What others throw when they are stopped decides nothing; and one that doesn't stop must not keep a bad release before its users.</summary>
    private static async Task LeaveAsync(IReadOnlyList<Task<Verdict>> others, TimeProvider time)
    {
        using var enough = new CancellationTokenSource();
        Task limit = time.DelayAsync(StopLimit, enough.Token);
        await Task.WhenAny(Task.WhenAll(others.Select(EndAsync)), limit);
        enough.Cancel();
        await limit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static async Task EndAsync(Task<Verdict> other) =>
        await ((Task)other).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    private static async Task<Verdict> StaysWellAsync(Check check, CheckContext context, CancellationToken cancellationToken)
    {
        CheckContext quiet = context.Quiet();
        while (true)
        {
            Verdict verdict = await check.EvaluateAsync(quiet, cancellationToken);
            if (verdict.Result != VerdictResult.Pass)
            {
                return verdict;
            }

            await context.TimeProvider.DelayAsync(HealthInterval, cancellationToken);
        }
    }
}
