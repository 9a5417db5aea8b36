using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Once a run has succeeded, has its targets remove what they kept for its way back. Nothing rests on that: what fails is told.</summary>
internal sealed class TidyingUp(ActiveRun run)
{
    private const string Step = "tidy-up";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    internal async Task RunAsync()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Lease.Lost, run.Detached);
        await using ITimer limit = run.Time.CreateTimer(static over => ((CancellationTokenSource)over!).Cancel(), over, Longest, Timeout.InfiniteTimeSpan);
        var patience = new Patience(run.Time, Patience.Least);
        foreach (string name in run.Runbook.Targets.Where(target => !target.LeftAlone).Select(target => target.Target).Distinct())
        {
            if (run.Services.Targets.Find(name)?.Capability<ITidyUp>(new Observation { Target = name }) is not { } tidy)
            {
                continue;
            }

            try
            {
                await patience.RunAsync(
                    async () =>
                    {
                        await tidy.TidyUpAsync(Context(), over.Token);
                        return true;
                    },
                    over.Token);
            }
            catch (Exception error) when (!run.IsFatal())
            {
                run.Report(Step, $"{name} could not be tidied up: {error.Message}");
            }
        }

        run.Lease.Lost.ThrowIfLost(run.Lease);
    }

    private EffectContext Context() => new(run.Record.Id, Step, run.Lease.Epoch, run.Services.Commands, run.Services.Secrets, run.Time, text => run.Report(Step, text));
}
