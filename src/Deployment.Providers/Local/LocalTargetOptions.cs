using System.Net;
using Deployment.Releases;

namespace Deployment.Providers.Local;

/// <summary>How a <see cref="LocalTarget"/> runs its releases.</summary>
public sealed class LocalTargetOptions : LocalProcessOptions
{
    /// <summary>The target's name: 1 to 63 letters, digits, '.' or '-'. Default <c>local-PORT</c>.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// How long a switch waits until requests in flight on a revision that lost its share have finished; at least zero
    /// (zero does not wait), at most a day. Default 30 seconds.
    /// </summary>
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The IP address that the router listens on. Default <c>127.0.0.1</c>; <c>0.0.0.0</c> opens the port to other machines.</summary>
    public string Address { get; set; } = "127.0.0.1";

    internal IEnumerable<string> Problems(int port)
    {
        if (port is < 1 or > 65535)
        {
            yield return $"{port} is not a port: take 1 to 65535.";
        }

        if (Name is not null && Naming.Problem("target", Name) is { } name)
        {
            yield return name;
        }

        foreach (string problem in ProcessProblems())
        {
            yield return problem;
        }

        if (DrainDeadline < TimeSpan.Zero || DrainDeadline > Longest)
        {
            yield return $"DrainDeadline is {DrainDeadline}: it must be at least zero and at most a day.";
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return $"Address is '{Naming.Printable(Address ?? "")}': it must be an IP address.";
        }
    }
}
