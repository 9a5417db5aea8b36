namespace Deployment.Providers.Local.Supervisor;

/// <summary>Ends everything that runs under a supervisor. The epochs stay: a late deployer is still refused.</summary>
internal sealed class Shutdown(StateStore store, Revisions revisions, RouterKeeper routers, SecretFiles secrets)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach ((string target, TargetState present) in store.Current.Targets)
        {
            await routers.ReleaseAsync(target, cancellationToken);
            foreach ((string revision, RevisionState standing) in present.Revisions)
            {
                await revisions.EndAsync(target, revision, TimeSpan.FromSeconds(standing.Request.StopSeconds), cancellationToken);
                secrets.Forget(target, revision);
            }
        }
    }
}
