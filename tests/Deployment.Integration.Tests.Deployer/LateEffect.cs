using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>
/// Stops the process with SIGSTOP in the middle of one effect. When it goes on, the effect is carried out whatever happened
/// meanwhile, like a request that was on its way, and what became of it is written down.
/// </summary>
internal sealed class LateEffect(string verb, bool unfenced, IDeploymentStore store, WorldFiles files)
{
    private bool _stopped;

    internal async Task RunAsync(string name, EffectContext context, Func<EffectContext, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        if (name != verb || _stopped)
        {
            await run(context, cancellationToken);
            return;
        }

        _stopped = true;
        await File.WriteAllTextAsync(files.Stopped, context.RunId, CancellationToken.None);
        Signals.StopSelf();
        try
        {
            await run(unfenced ? await WithNewestEpochAsync(context) : context, CancellationToken.None);
            await File.WriteAllTextAsync(files.Late, "landed", CancellationToken.None);
        }
        catch (Exception error)
        {
            await File.WriteAllTextAsync(files.Late, error.Message, CancellationToken.None);
            throw;
        }
    }

    private async Task<EffectContext> WithNewestEpochAsync(EffectContext context)
    {
        long newest = 0;
        foreach (RunRecord run in await store.ListRunsAsync(CancellationToken.None))
        {
            newest = Math.Max(newest, (await store.ReadLeaseAsync(run.Id, CancellationToken.None))?.Epoch ?? 0);
        }

        return new EffectContext(context.RunId, context.StepId, newest, context.Commands, context.Secrets, context.TimeProvider);
    }
}
