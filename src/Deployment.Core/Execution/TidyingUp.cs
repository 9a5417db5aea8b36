using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>
/// Once a run has succeeded and its journal says so, has its targets remove what they kept for its way back. Nothing rests on that: what fails is logged, and
/// what a process leaves that dies here is removed by the one that goes on with the run, or by the next run that succeeds.
/// </summary>
internal sealed class TidyingUp(RunServices services, RunRecord record, Runbook runbook, RunLease lease)
{
    private const string Step = "tidy-up";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    internal async Task RunAsync(HostCancellation host)
    {
        // An abort has nothing more to take back.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, host.Policy == CancellationPolicy.Detach ? host.Token : CancellationToken.None);
        await using ITimer limit = services.Time.CreateTimer(static over => ((CancellationTokenSource)over!).Cancel(), over, Longest, Timeout.InfiniteTimeSpan);
        foreach (string name in runbook.Targets.Where(target => !target.LeftAlone).Select(target => target.Target).Distinct())
        {
            if (services.Targets.Find(name)?.Capability<ITidyUp>(new Observation { Target = name }) is { } tidy)
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
            RunLog.NotTidiedUp(services.Logger, record.Id, name, $"It was not done within {Longest.TotalMinutes:0} minutes, or before this process stopped.", null);
        }
        catch (Exception error)
        {
            RunLog.NotTidiedUp(services.Logger, record.Id, name, error.Message, error);
        }
    }

    private EffectContext Context() => new(record.Id, Step, lease.Epoch, services.Commands, services.Secrets, services.Time, text => RunLog.Progress(services.Logger, record.Id, Step, text));
}
