namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>What a daemon of the tests is like.</summary>
internal sealed record DockerDaemonOptions
{
    /// <summary>Whether its containers stay while it is restarted.</summary>
    public bool LiveRestore { get; init; }

    /// <summary>Whether it also listens on a TCP port, for clients with a certificate.</summary>
    public bool Tls { get; init; }

    /// <summary>How many MiB its disk has; null for as much as the temporary folder.</summary>
    public int? DiskSize { get; init; }

    /// <summary>How often it tries a download; Docker's own default is 5, which takes 75 seconds.</summary>
    public int DownloadAttempts { get; init; } = 1;
}
