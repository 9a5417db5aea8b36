namespace Deployment.Providers.Local.Supervisor;

/// <summary>What a supervisor must not forget; the content of <c>state.json</c>. Changed only through <see cref="StateStore"/>.</summary>
internal sealed class SupervisorState
{
    public const int CurrentFormat = 2;

    public required int Format { get; set; }

    /// <summary>Where the search for a free port goes on, so that a port is not given away again soon.</summary>
    public int NextPort { get; set; }

    /// <summary>Numbers every process ever started; the process bears it in its environment.</summary>
    public long NextSpawn { get; set; } = 1;

    /// <summary>The highest fencing epoch seen, by application.</summary>
    public SortedDictionary<string, long> Epochs { get; set; } = new(StringComparer.Ordinal);

    /// <summary>By public port.</summary>
    public SortedDictionary<int, RouterState> Routers { get; set; } = [];

    public SortedDictionary<string, TargetState> Targets { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Removed revisions whose files and logs are kept, by target, the last one last.</summary>
    public SortedDictionary<string, RemovedRevisions> Removed { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Why the present supervisor can't limit memory and CPU; null when it can.</summary>
    public string? LimitsProblem { get; set; }

    public IEnumerable<InstanceState> Instances() =>
        Targets.Values.SelectMany(target => target.Revisions.Values).SelectMany(revision => revision.Instances);

    public RevisionState? Revision(string target, string revision) => Targets.GetValueOrDefault(target)?.Revisions.GetValueOrDefault(revision);
}
