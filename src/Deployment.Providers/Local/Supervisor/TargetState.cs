using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>A target in <c>state.json</c>.</summary>
internal sealed class TargetState
{
    public required string Application { get; set; }

    /// <summary>The public port; null before anything was routed.</summary>
    public int? Port { get; set; }

    /// <summary>The revision whose workers are to run, on a target without a port; null when none is.</summary>
    public string? Duty { get; set; }

    public SortedDictionary<string, RevisionState> Revisions { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How removed revisions were run, the one that was removed last at the end.</summary>
    public OrderedDictionary<string, InstallRequest> Former { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Has the revisions of a split serve slot by slot from now on, and the others apart.</summary>
    public void EnterSlots(IEnumerable<string> serving)
    {
        HashSet<string> all = new(serving, StringComparer.Ordinal);
        foreach ((string id, RevisionState revision) in Revisions)
        {
            revision.Instances.ForEach(instance => instance.Rotation = all.Contains(id) ? Rotation.In : null);
        }
    }

    /// <summary>What is in the slots, or on the way there or away.</summary>
    public IEnumerable<(string Revision, InstanceState Instance)> InSlots() =>
        Revisions.SelectMany(revision => revision.Value.Instances.Where(instance => instance.Rotation is not null), (revision, instance) => (revision.Key, instance));

    /// <summary>Moves all that are at one place of their way to another.</summary>
    public void Move(Rotation from, Rotation to)
    {
        foreach ((_, InstanceState instance) in InSlots().Where(found => found.Instance.Rotation == from))
        {
            instance.Rotation = to;
        }
    }

    /// <summary>Has each revision serve as a whole from now on.</summary>
    public void LeaveSlots()
    {
        foreach (RevisionState revision in Revisions.Values)
        {
            revision.Instances.ForEach(instance => instance.Rotation = null);
        }
    }

    /// <summary>Remembers how a revision was run, for when a rollback brings it back.</summary>
    public void Remember(string revision, RevisionState gone, int most)
    {
        Former.Remove(revision);
        Former.Add(revision, gone.Request);
        while (Former.Count > most)
        {
            Former.RemoveAt(0);
        }
    }
}
