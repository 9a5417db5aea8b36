using System.Text.Json.Serialization;
using Deployment.Commands;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>An instance in <c>state.json</c>.</summary>
internal sealed class InstanceState
{
    public required int Slot { get; set; }

    /// <summary>0 for a worker.</summary>
    public required int Port { get; set; }

    /// <summary>The number of its present process, written down before that is started.</summary>
    public long Spawn { get; set; }

    /// <summary>Null between that and the start.</summary>
    public CommandProcess? Process { get; set; }

    /// <summary>How often it ended by itself.</summary>
    public int Restarts { get; set; }

    /// <summary>How often in a row it ended soon after its start.</summary>
    public int EarlyEnds { get; set; }

    public int? LastExitCode { get; set; }

    public DateTimeOffset? LastEnded { get; set; }

    /// <summary>Its place where the target's slots are replaced one by one; null where it serves with its whole revision, by the share of that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rotation? Rotation { get; set; }

    /// <summary>Whether requests may go to it.</summary>
    [JsonIgnore]
    public bool MayServe => Rotation is null or Supervisor.Rotation.In;
}
