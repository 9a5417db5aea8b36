using Deployment.Providers.Local.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// Decides which revision's workers run: the one on duty, and no other. A switch that fails or is broken off leaves the old one on duty;
/// it is written down as such until the new one is well.
/// </summary>
internal sealed class Duties(StateStore store, Revisions revisions, ILogger logger)
{
    public async Task SwitchAsync(string target, string? revision, CancellationToken cancellationToken)
    {
        if (store.Current.Targets.GetValueOrDefault(target) is not { } present)
        {
            if (revision is not null)
            {
                throw new RefusedException(StatusCodes.Status409Conflict, $"{revision} is not installed on {target}.");
            }

            return;
        }

        if (revision is null)
        {
            store.Update(state => state.Targets[target].Duty = null);
            await StopOthersAsync(target, null, cancellationToken);
            return;
        }

        if (present.Revisions.GetValueOrDefault(revision) is not { Installed: true, Request.Worker: { } worker })
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"{revision} is not installed as a worker on {target}.");
        }

        await (worker.Overlap ? StartFirstAsync(target, revision, cancellationToken) : StopFirstAsync(target, revision, cancellationToken));
    }

    private async Task StartFirstAsync(string target, string revision, CancellationToken cancellationToken)
    {
        await revisions.StartWorkersAsync(target, revision, cancellationToken);
        store.Update(state => state.Targets[target].Duty = revision);
        await StopOthersAsync(target, revision, cancellationToken);
    }

    private async Task StopFirstAsync(string target, string revision, CancellationToken cancellationToken)
    {
        string? old = store.Current.Targets[target].Duty;
        try
        {
            await StopOthersAsync(target, revision, cancellationToken);
            await revisions.StartWorkersAsync(target, revision, cancellationToken);
            store.Update(state => state.Targets[target].Duty = revision);
        }
        catch when (old is not null && old != revision)
        {
            SupervisorLog.BackOnDuty(logger, old, target, revision);
            // They were well before, so nobody waits for it.
            revisions.BringBack(target, old);
            throw;
        }
    }

    private async Task StopOthersAsync(string target, string? revision, CancellationToken cancellationToken)
    {
        foreach (string other in store.Current.Targets[target].Revisions.Keys.Where(id => id != revision).ToArray())
        {
            await revisions.StopWorkersAsync(target, other, cancellationToken);
        }
    }
}
