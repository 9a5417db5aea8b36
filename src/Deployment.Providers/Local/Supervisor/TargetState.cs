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
