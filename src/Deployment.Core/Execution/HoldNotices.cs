using Deployment.Store;

namespace Deployment.Execution;

/// <summary>While a person is to decide: tells who owns the way back, and after a while who stands in for that person.</summary>
internal sealed class HoldNotices(ActiveRun run)
{
    private readonly Notices _notices = new(run);

    /// <summary>What a person can do but to go on, in words that follow "resume to ...,".</summary>
    internal static string WaysBack(RunRecord run) => run.Kind == RunKind.Deploy
        ? "abort to go back, or supersede it with a newer release (SupersedeAsync)"
        : "or abort to go back";

    /// <param name="step">What found it; null for the run.</param>
    /// <param name="what">What happened, in words that follow the release and its environment.</param>
    /// <param name="reason">What was found, and what a person can do.</param>
    /// <param name="hold">The hold.</param>
    /// <param name="interrupt">Ends both.</param>
    /// <param name="key">What it is known by, so that each person is told of it once, also by a process that takes over; null to tell anew.</param>
    internal async Task<T> WhileAsync<T>(string? step, string what, string reason, Func<Task<T>> hold, CancellationToken interrupt, string? key = null)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Task telling = TellAsync(step, what, reason, key, over.Token);
        try
        {
            return await hold();
        }
        finally
        {
            over.Cancel();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task TellAsync(string? step, string what, string reason, string? key, CancellationToken cancellationToken)
    {
        await TellOnceAsync(step, Notices.Owner, what, reason, key, cancellationToken);
        await run.Time.DelayAsync(run.Options.EscalateAfter, cancellationToken);
        await TellOnceAsync(step, Notices.Backup, what, reason, key, cancellationToken);
    }

    private async Task TellOnceAsync(string? step, string role, string what, string reason, string? key, CancellationToken cancellationToken)
    {
        string? known = key is null ? null : $"{key} ({role})";
        if (known is null || !run.Progress.ToldAlerts.Contains(known))
        {
            await _notices.TellAsync(step, role, what, reason, cancellationToken, known);
        }
    }
}
