using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>How a revision without a port is run: only while it is on duty.</summary>
internal sealed record WorkerRun
{
    /// <summary>Whether the old workers run on until the new ones are well; otherwise they have ended before the new ones start.</summary>
    public bool Overlap { get; set; }

    /// <summary>A program with arguments that exits with 0 when the worker is well; empty for none.</summary>
    public ImmutableArray<string> Health { get; set; } = [];

    /// <summary>How long that program may take.</summary>
    public double HealthSeconds { get; set; } = 10;

    /// <summary>How old the worker's heartbeat file may be; null when it has none.</summary>
    public double? HeartbeatSeconds { get; set; }

    /// <summary>How long a worker must have run to be well, where nothing else tells.</summary>
    public double SettleSeconds { get; set; } = 2;

    public IEnumerable<string> Problems()
    {
        if (Health.IsDefault || Health.Any(argument => argument is null || argument.Contains('\0', StringComparison.Ordinal)) || (Health.Length > 0 && string.IsNullOrWhiteSpace(Health[0])))
        {
            yield return "The health command has no program, or an argument that is null or has a NUL character in it.";
        }

        if (HealthSeconds is not (> 0 and <= 3600) || SettleSeconds is not (>= 0 and <= 3600) || HeartbeatSeconds is not null and not (>= 0.1 and <= 86_400))
        {
            yield return "The health command may take above 0 to 3600 seconds, settling 0 to 3600, and the heartbeat may be 0.1 to 86400 seconds old.";
        }
    }
}
