using Deployment.Commands;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>A router in <c>state.json</c>; its split is in its table file.</summary>
internal sealed class RouterState
{
    public required int Port { get; set; }

    /// <summary>The number of its present process.</summary>
    public long Spawn { get; set; }

    /// <summary>Null while none was started.</summary>
    public CommandProcess? Process { get; set; }
}
