using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>A revision in <c>state.json</c>.</summary>
internal sealed class RevisionState
{
    public required InstallRequest Request { get; set; }

    /// <summary>True once every instance listened; false again once it is being removed. What isn't installed is cleaned up by the next supervisor.</summary>
    public bool Installed { get; set; }

    /// <summary>Grows from one revision to the next.</summary>
    public long Order { get; set; }

    public List<InstanceState> Instances { get; set; } = [];
}
