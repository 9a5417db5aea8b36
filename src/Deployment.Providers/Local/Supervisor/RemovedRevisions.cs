namespace Deployment.Providers.Local.Supervisor;

/// <summary>The removed revisions of a target whose files are kept, in <c>state.json</c>.</summary>
internal sealed class RemovedRevisions
{
    public const int DefaultKept = 5;

    /// <summary>How many are kept.</summary>
    public int Kept { get; set; } = DefaultKept;

    /// <summary>Their ids; the one that was removed last is the last.</summary>
    public List<string> Ids { get; set; } = [];
}
