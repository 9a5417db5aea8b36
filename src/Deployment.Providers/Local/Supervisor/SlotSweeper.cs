namespace Deployment.Providers.Local.Supervisor;

/// <summary>Ends what is out of its slot for good, and the revisions that have lost their last slot so.</summary>
internal sealed class SlotSweeper(StateStore store, Revisions revisions, InstanceKeeper keeper, SecretFiles secrets)
{
    /// <summary>Ends the instances of a target that are out of the rotation.</summary>
    /// <param name="target">The target.</param>
    /// <param name="spared">A revision that stays although it has no slot yet; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task EndAsync(string target, string? spared, CancellationToken cancellationToken)
    {
        await Task.WhenAll(Out(target).Select(key => keeper.StopAsync(key, Grace(key), cancellationToken)));
        store.Update(state =>
        {
            foreach ((_, RevisionState revision) in state.Targets.GetValueOrDefault(target)?.Revisions ?? [])
            {
                revision.Instances.RemoveAll(instance => instance.Rotation == Rotation.Out);
            }
        });
        foreach (string revision in WithoutSlots(target, spared))
        {
            await revisions.EndAsync(target, revision, TimeSpan.Zero, cancellationToken);
            secrets.Forget(target, revision);
        }
    }

    /// <summary>What a supervisor left that died while it replaced instances: what had not been asked to end serves again, and the rest is ended.</summary>
    public async Task RecoverAsync(string target, CancellationToken cancellationToken)
    {
        if (store.Current.Targets[target].Revisions.Values.Any(revision => revision.HoldsSlots))
        {
            store.Update(state => state.Targets[target].Move(Rotation.Leaving, Rotation.In));
            await EndAsync(target, null, cancellationToken);
        }
    }

    /// <summary>Whether a revision has nothing, or nothing any more, in the target's slots, so that <see cref="EndAsync"/> ends it as a whole.</summary>
    public static bool Sweeps(TargetState target, RevisionState revision) =>
        target.Revisions.Values.Any(other => other.HoldsSlots) && revision.Request.Worker is null && revision.Instances.TrueForAll(instance => instance.Rotation == Rotation.Out);

    private InstanceKey[] Out(string target) =>
    [
        .. (store.Current.Targets.GetValueOrDefault(target)?.Revisions ?? [])
            .SelectMany(revision => revision.Value.Instances.Where(instance => instance.Rotation == Rotation.Out), (revision, instance) => new InstanceKey(target, revision.Key, instance.Slot)),
    ];

    private TimeSpan Grace(InstanceKey key) => TimeSpan.FromSeconds(store.Current.Revision(key.Target, key.Revision)!.Request.StopSeconds);

    // Workers that aren't on duty have no instances either.
    private string[] WithoutSlots(string target, string? spared) =>
    [
        .. (store.Current.Targets.GetValueOrDefault(target)?.Revisions ?? [])
            .Where(revision => revision.Value is { Request.Worker: null, Instances.Count: 0 } && revision.Key != spared)
            .Select(revision => revision.Key),
    ];
}
