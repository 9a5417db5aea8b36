using Deployment.Health;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>Watches a release for as long as the step says: that it stays well, and that no rule of the monitor is found.</summary>
internal sealed class WatchCheck(string name, string environment, MonitorDefinition monitor, IReadOnlyList<Check> health) : Check(name, CheckKind.Analysis)
{
    /// <summary>Between two looks at the health of a release that takes traffic.</summary>
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long one that was told to stop is waited for.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    internal MonitorDefinition Monitor => monitor;

    internal WatchSubjects SubjectsOf(CheckSubject subject, bool looksBack = false) => new(monitor, environment, subject, looksBack);

    internal string ExpectedOfLook(CheckSubject subject, DateTimeOffset since, IMetricSource? target) => SubjectsOf(subject, looksBack: true).ExpectedOfLook(health, since, target);

    public override CheckDescription Describe(CheckSubject subject)
    {
        WatchSubjects subjects = SubjectsOf(subject);
        return new CheckDescription(
            [.. subjects.Commands(), .. health.SelectMany(check => check.Describe(subject).Commands).Distinct(StringComparer.Ordinal)],
            subjects.Expected(health));
    }

    /// <summary>
    /// Whoever decides first decides: a release that is not well is not watched to the end. And at the end it must be well: what began to look
    /// before that says so, however long it takes.
    /// </summary>
    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.LooksBack)
        {
            return await LookBackAsync(context, cancellationToken);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        Task<Verdict> watch = new Watch(monitor, SubjectsOf(context.Subject), context).RunAsync(over.Token);
        List<Task<Verdict>> open = [.. health.Select(check => StaysWellAsync(check, context, ended.Token, over.Token)), watch];
        Task<Verdict> first = await TakeFirstAsync(open);
        while (open.Count > 0 && GoesOn(watch) && GoesOn(first))
        {
            ended.Cancel();
            Task<Verdict> next = await TakeFirstAsync(open);
            first = GoesOn(next) ? first : next;
        }

        over.Cancel();
        await LeaveAsync(open, context.TimeProvider);
        return await first;
    }

    /// <summary>One that looks back is done in a moment, so health is looked at to its end. What can't be told of it is noted, as for metrics.</summary>
    private async Task<Verdict> LookBackAsync(CheckContext context, CancellationToken cancellationToken)
    {
        Task<Verdict> past = new Watch(monitor, SubjectsOf(context.Subject, looksBack: true), context).RunAsync(cancellationToken);
        Verdict[] now = await Task.WhenAll(health.Select(check => LookAsync(check, context.Quiet(), cancellationToken)));
        Verdict found = SubjectsOf(context.Subject, looksBack: true).MeasuredBy(context.Capability<IMetricSource>()).Count > 0
            ? await past
            : Verdict.InsufficientData("No rule of the monitor can be judged so late.") with { OnFailure = FailureAction.Note };
        return now.FirstOrDefault(verdict => verdict.Result == VerdictResult.Fail)
            ?? (found.Result != VerdictResult.Pass ? found : now.Where(verdict => verdict.Result != VerdictResult.Pass).Select(verdict => verdict with { OnFailure = FailureAction.Note }).FirstOrDefault())
            ?? found;
    }

    private static async Task<Task<Verdict>> TakeFirstAsync(List<Task<Verdict>> open)
    {
        Task<Verdict> first = await Task.WhenAny(open);
        open.Remove(first);
        return first;
    }

    /// <summary>Whether it is over and found nothing that stops the run.</summary>
    private static bool GoesOn(Task<Verdict> task) => task.IsCompletedSuccessfully && task.Result is { Result: VerdictResult.Pass } or { OnFailure: FailureAction.Note };

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

    /// <summary>A look back, and one while a person decides, goes on by what its metrics tell where a check has a fault of its own.</summary>
    private static async Task<Verdict> LookAsync(Check check, CheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await check.EvaluateAsync(context, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return Verdict.InsufficientData($"'{check.Name}' could not look: {HealthWording.Of(error)}") with { OnFailure = FailureAction.Note };
        }
    }

    /// <summary>Ends when the release is not well, or with the look that goes on when the watch has ended.</summary>
    private static async Task<Verdict> StaysWellAsync(Check check, CheckContext context, CancellationToken ended, CancellationToken cancellationToken)
    {
        CheckContext quiet = context.Quiet();
        while (true)
        {
            Verdict verdict = context.OnlyGoesBack ? await LookAsync(check, quiet, cancellationToken) : await check.EvaluateAsync(quiet, cancellationToken);
            if (verdict.OnFailure == FailureAction.Note && context.OnlyGoesBack)
            {
                verdict = Verdict.Pass(verdict.Reason);
            }

            if (verdict.Result != VerdictResult.Pass || ended.IsCancellationRequested)
            {
                return verdict;
            }

            await context.TimeProvider.DelayAsync(HealthInterval, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            cancellationToken.ThrowIfCancellationRequested();
            if (ended.IsCancellationRequested)
            {
                return verdict;
            }
        }
    }
}
