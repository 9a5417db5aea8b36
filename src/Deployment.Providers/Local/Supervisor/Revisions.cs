using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Packages;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Installs and removes revisions.</summary>
internal sealed class Revisions(StateFolder folder, StateStore store, InstanceKeeper keeper, InstanceStarter starter, SecretFiles secrets, ReleaseFolders releases, Retention retention)
{
    /// <summary>Makes sure that every instance of the revision runs and listens. Nothing new is left running when that fails.</summary>
    public async Task InstallAsync(string target, RevisionId id, InstallRequest request, CancellationToken cancellationToken)
    {
        string revision = id.ToString();
        (bool stood, request) = store.Update(state => Enter(state, target, id, request));
        // A worker that isn't on duty is installed and doesn't run.
        bool runs = request.Worker is null || store.Current.Targets[target].Duty == revision;
        InstanceKey[] missing = runs ? Missing(target, revision) : [];
        try
        {
            if (!stood)
            {
                await PlaceAsync(target, revision, request, cancellationToken);
            }

            if (!runs)
            {
                starter.Check(new InstanceKey(target, revision, 1), request);
            }

            await StartAsync(missing, request, cancellationToken);
            store.Update(state => state.Revision(target, revision)!.Installed = true);
        }
        catch
        {
            await UndoAsync(target, revision, stood, missing);
            throw;
        }
    }

    /// <summary>Makes sure that a revision is known, unpacked and could be started, and starts nothing of it.</summary>
    public async Task PrepareAsync(string target, RevisionId id, InstallRequest request, CancellationToken cancellationToken)
    {
        string revision = id.ToString();
        (bool stood, request) = store.Update(state => Enter(state, target, id, request));
        if (!stood)
        {
            await PlaceAsync(target, revision, request, cancellationToken);
        }

        starter.Check(new InstanceKey(target, revision, 1), request);
    }

    /// <summary>Makes sure that the workers of an installed revision run and are well. None of those that didn't run before is left running when that fails.</summary>
    public async Task StartWorkersAsync(string target, string revision, CancellationToken cancellationToken)
    {
        InstallRequest request = store.Current.Revision(target, revision)!.Request;
        InstanceKey[] missing = Missing(target, revision);
        try
        {
            await StartAsync(missing, request, cancellationToken);
        }
        catch
        {
            await Task.WhenAll(missing.Select(key => keeper.StopAsync(key, TimeSpan.FromSeconds(request.StopSeconds), CancellationToken.None)));
            if (store.Current.Targets[target].Duty == revision)
            {
                BringBack(target, revision);
            }
            else
            {
                store.Update(state => state.Revision(target, revision)!.Instances.RemoveAll(instance => missing.Any(key => key.Slot == instance.Slot)));
            }

            throw;
        }
    }

    /// <summary>Has the workers of a revision started, and started again until they are well; it is not waited for.</summary>
    public void BringBack(string target, string revision)
    {
        foreach (InstanceKey key in Missing(target, revision))
        {
            keeper.Adopt(key, InstanceStarter.Slot(store.Current, key) ?? new InstanceState { Slot = key.Slot, Port = 0 });
        }
    }

    /// <summary>Ends the workers of a revision and leaves it installed.</summary>
    public async Task StopWorkersAsync(string target, string revision, CancellationToken cancellationToken)
    {
        if (store.Current.Revision(target, revision) is { Instances.Count: > 0 } standing)
        {
            await StopAsync(target, revision, TimeSpan.FromSeconds(standing.Request.StopSeconds), cancellationToken);
            store.Update(state => state.Revision(target, revision)!.Instances.Clear());
        }
    }

    /// <summary>Ends and forgets a revision; fine when it isn't there.</summary>
    public async Task RemoveAsync(string target, string revision, CancellationToken cancellationToken)
    {
        if (RouteTables.Read(folder, store.Current, target)?.Revisions.ContainsKey(revision) == true || store.Current.Targets.GetValueOrDefault(target)?.Duty == revision)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"{revision} takes traffic on {target}. Route its share elsewhere first.");
        }

        if (store.Current.Revision(target, revision) is { } standing)
        {
            store.Update(state => state.Revision(target, revision)!.Installed = false);
            await EndAsync(target, revision, TimeSpan.FromSeconds(standing.Request.StopSeconds), cancellationToken);
        }

        secrets.Forget(target, revision);
    }

    /// <summary>Ends and forgets a revision without asking whether it takes traffic.</summary>
    public async Task EndAsync(string target, string revision, TimeSpan grace, CancellationToken cancellationToken)
    {
        await StopAsync(target, revision, grace, cancellationToken);
        int kept = store.Current.Revision(target, revision)?.Request.KeptRevisions ?? RemovedRevisions.DefaultKept;
        store.Update(state =>
        {
            if (state.Targets.GetValueOrDefault(target) is { } present)
            {
                if (present.Revisions.Remove(revision, out RevisionState? gone))
                {
                    present.Remember(revision, gone, kept);
                }

                if (present.Revisions.Count == 0 && present.Port is null)
                {
                    state.Targets.Remove(target);
                }
            }
        });
        retention.Retire(target, revision, kept);
    }

    private Task StopAsync(string target, string revision, TimeSpan grace, CancellationToken cancellationToken)
    {
        InstanceState[] instances = [.. store.Current.Revision(target, revision)?.Instances ?? []];
        return Task.WhenAll(instances.Select(instance => keeper.StopAsync(new InstanceKey(target, revision, instance.Slot), grace, cancellationToken)));
    }

    private InstanceKey[] Missing(string target, string revision) =>
        [.. store.Current.Revision(target, revision)!.WantedSlots.Select(slot => new InstanceKey(target, revision, slot)).Where(key => !keeper.IsRunning(key))];

    private Task PlaceAsync(string target, string revision, InstallRequest request, CancellationToken cancellationToken) => request.Package is { } package
        ? Task.Run(() => releases.Place(target, revision, package, cancellationToken), cancellationToken)
        : Task.CompletedTask;

    /// <summary>A revision is run as it was when it was installed first, also when it comes back after it was removed: a rollback gives back what there was, whatever options its deployer has.</summary>
    private static (bool Stood, InstallRequest Request) Enter(SupervisorState state, string target, RevisionId id, InstallRequest request)
    {
        if (!state.Targets.TryGetValue(target, out TargetState? present))
        {
            state.Targets[target] = present = new TargetState { Application = id.Application };
        }

        if (present.Application != id.Application)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"The target {target} runs the application {present.Application}; {id} needs a target of its own. Give it another Name, and where both share a port Hosts or a PathPrefix.");
        }

        if (present.Revisions.Values.Any(other => other.Request.Worker is null != request.Worker is null) || (request.Worker is not null && present.Port is not null))
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"The target {target} has revisions with a port and can't have workers too, or the other way round. Give one of them a target of its own.");
        }

        if (present.Revisions.Values.Any(other => other.Request.FixedPort != request.FixedPort) || (request.FixedPort && present.Port is not null))
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"The target {target} has revisions behind another router. Clear it first, or give one of both another name.");
        }

        if (!present.Revisions.TryGetValue(id.ToString(), out RevisionState? revision))
        {
            InstallRequest former = present.Former.GetValueOrDefault(id.ToString()) is { } gone && !gone.DifferencesFrom(request).Any() ? gone with { Package = request.Package, FixedPort = request.FixedPort } : request;
            present.Revisions[id.ToString()] = revision = new RevisionState { Request = former, Order = state.NextSpawn++ };
        }

        string[] others = [.. revision.Request.DifferencesFrom(request)];
        return others.Length > 0
            ? throw new RefusedException(StatusCodes.Status409Conflict, $"{id} stands on {target} already and is another release: {string.Join(", ", others)} differ. Take the next attempt number, or remove it first.")
            : (revision.Installed, revision.Request);
    }

    /// <summary>Starts instances side by side and waits until each is ready.</summary>
    /// <exception cref="DeploymentException">One did not come up; the others were broken off.</exception>
    public async Task StartAsync(IReadOnlyCollection<InstanceKey> missing, InstallRequest request, CancellationToken cancellationToken)
    {
        // The first failure is enough to know: the others need not be waited for.
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] starts = [.. missing.Select(key => keeper.StartAsync(key, request, all.Token))];
        DeploymentException? first = null;
        await foreach (Task ended in Task.WhenEach(starts))
        {
            if (ended.Exception?.InnerException is DeploymentException failed && first is null)
            {
                first = failed;
                await all.CancelAsync();
            }
        }

        if (first is not null)
        {
            throw first;
        }

        await Task.WhenAll(starts);
    }

    private async Task UndoAsync(string target, string revision, bool stood, InstanceKey[] started)
    {
        if (!stood)
        {
            InstallRequest? request = store.Current.Revision(target, revision)?.Request;
            // A worker takes work as soon as it runs.
            await EndAsync(target, revision, request?.Worker is null ? TimeSpan.Zero : TimeSpan.FromSeconds(request.StopSeconds), CancellationToken.None);
            secrets.Forget(target, revision);
            // It never stood, so nobody goes back to it; only its logs are of use.
            releases.Remove(target, revision);
            return;
        }

        // The revision stood before and may take traffic: those that came up serve it, and the missing ones go on being tried.
        foreach (InstanceKey key in started.Where(key => !keeper.IsKept(key)))
        {
            if (InstanceStarter.Slot(store.Current, key) is { } instance)
            {
                keeper.Adopt(key, instance);
            }
        }
    }
}
