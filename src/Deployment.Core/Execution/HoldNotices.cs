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
    internal async Task<T> WhileAsync<T>(string? step, string what, string reason, Func<Task<T>> hold, CancellationToken interrupt)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Task telling = TellAsync(step, what, reason, over.Token);
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

    private async Task TellAsync(string? step, string what, string reason, CancellationToken cancellationToken)
    {
        await _notices.TellAsync(step, Notices.Owner, what, reason, cancellationToken);
        await run.Time.DelayAsync(run.Options.EscalateAfter, cancellationToken);
        await _notices.TellAsync(step, Notices.Backup, what, reason, cancellationToken);
    }
}
