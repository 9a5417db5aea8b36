using Deployment.Commands;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The router of a port in <c>state.json</c>; what it follows is in its table files.</summary>
internal sealed class RouterState
{
    /// <summary>The number of its present process.</summary>
    public long Spawn { get; set; }

    /// <summary>Null while none was started.</summary>
    public CommandProcess? Process { get; set; }

    /// <summary>The assembly that it runs from: another one means that it is of another version.</summary>
    public string? Assembly { get; set; }

    /// <summary>Routers before it, that finish what they have.</summary>
    public List<RetiringRouter> Retiring { get; set; } = [];
}
