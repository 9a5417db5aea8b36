using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>
/// Once a run has succeeded and its journal says so, has its targets remove what they kept for its way back. Nothing rests on that: what fails is logged, and
/// what a process leaves that dies here the next run that succeeds removes.
/// </summary>
internal sealed class TidyingUp(ActiveRun run)
{
    private const string Step = "tidy-up";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    internal async Task RunAsync()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Lease.Lost, run.Detached);
        await using ITimer limit = run.Time.CreateTimer(static over => ((CancellationTokenSource)over!).Cancel(), over, Longest, Timeout.InfiniteTimeSpan);
        foreach (string name in run.Runbook.Targets.Where(target => !target.LeftAlone).Select(target => target.Target).Distinct())
        {
            if (run.Services.Targets.Find(name)?.Capability<ITidyUp>(new Observation { Target = name }) is { } tidy)
            {
                await RunAsync(name, tidy, over.Token);
            }
        }
    }

    private async Task RunAsync(string name, ITidyUp tidy, CancellationToken over)
    {
        try
        {
            over.ThrowIfCancellationRequested();
            await tidy.TidyUpAsync(Context(), over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            RunLog.NotTidiedUp(run.Services.Logger, run.Record.Id, name, $"It was not done within {Longest.TotalMinutes:0} minutes, or before this process stopped.", null);
        }
        catch (Exception error)
        {
            RunLog.NotTidiedUp(run.Services.Logger, run.Record.Id, name, error.Message, error);
        }
    }

    private EffectContext Context() => new(run.Record.Id, Step, run.Lease.Epoch, run.Services.Commands, run.Services.Secrets, run.Time, text => run.Report(Step, text));
}
