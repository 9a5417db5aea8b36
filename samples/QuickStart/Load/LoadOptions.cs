namespace QuickStart.Load;

/// <summary>What load is put on a port.</summary>
internal sealed record LoadOptions
{
    /// <summary>The port of 127.0.0.1 that users reach.</summary>
    public required int Port { get; init; }

    /// <summary>What most requests ask for.</summary>
    public string Path { get; init; } = "/";

    /// <summary>What every tenth request asks for: an answer that takes its time, so that a switch meets requests in flight. Null for none.</summary>
    public string? SlowPath { get; init; }

    /// <summary>How many requests a second are sent.</summary>
    public int RequestsPerSecond { get; init; } = 300;

    /// <summary>How many users there are, each with a connection of its own that is kept.</summary>
    public int Connections { get; init; } = 24;

    /// <summary>An answer that takes longer is a failed request.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(5);
}
