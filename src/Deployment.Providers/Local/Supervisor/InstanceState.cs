using Deployment.Commands;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>An instance in <c>state.json</c>.</summary>
internal sealed class InstanceState
{
    public required int Slot { get; set; }

    public required int Port { get; set; }

    /// <summary>The number of its present process, written down before that is started.</summary>
    public long Spawn { get; set; }

    /// <summary>Null between that and the start.</summary>
    public CommandProcess? Process { get; set; }
}
