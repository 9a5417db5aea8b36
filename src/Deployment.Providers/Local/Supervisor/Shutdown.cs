namespace Deployment.Providers.Local.Supervisor;

/// <summary>Ends everything that runs under a supervisor. The epochs stay: a late deployer is still refused.</summary>
internal sealed class Shutdown(StateStore store, Revisions revisions, Routes routes, SecretFiles secrets)
{
    /// <summary>Ends all that can be ended.</summary>
    /// <exception cref="DeploymentException">Something can't be ended or written down; the message has all of it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        foreach ((string target, TargetState present) in store.Current.Targets)
        {
            await TryAsync(() => routes.ReleaseAsync(target, cancellationToken));
            foreach ((string revision, RevisionState standing) in present.Revisions)
            {
                await TryAsync(() => revisions.EndAsync(target, revision, TimeSpan.FromSeconds(standing.Request.StopSeconds), cancellationToken));
                await TryAsync(() =>
                {
                    secrets.Forget(target, revision);
                    return Task.CompletedTask;
                });
            }
        }

        if (failures.Count > 0)
        {
            string[] sentences = [.. failures.Select(failure => failure.Message).Distinct(StringComparer.Ordinal)];
            throw new DeploymentException(
                $"Not everything was ended or written down: {string.Join(' ', sentences)} The supervisor ends all the same; mend that, then stop again.", new AggregateException(failures));
        }

        async Task TryAsync(Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (Exception error) when (error is DeploymentException or IOException or UnauthorizedAccessException)
            {
                failures.Add(error);
            }
        }
    }
}
