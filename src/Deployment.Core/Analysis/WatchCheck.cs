using Deployment.Health;

namespace Deployment.Analysis;

/// <summary>Watches a release for as long as the step says: that it stays well, and that no rule of the monitor is found.</summary>
internal sealed class WatchCheck(string name, string environment, MonitorDefinition monitor, IReadOnlyList<Check> health) : Check(name, CheckKind.Analysis)
{
    /// <summary>Between two looks at the health of a release that takes traffic.</summary>
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(5);

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
        Task<Verdict> watched = new Watch(monitor, SubjectsOf(context.Subject), context).RunAsync(over.Token);
        Task<Verdict>[] all = [watched, .. health.Select(check => StaysWellAsync(check, context, over.Token))];
        Task<Verdict> first = await Task.WhenAny(all);
        over.Cancel();
        foreach (Task<Verdict> other in all.Where(other => other != first))
        {
            // What they throw when they are stopped decides nothing.
            await ((Task)other).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return await first;
    }

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
