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
}
