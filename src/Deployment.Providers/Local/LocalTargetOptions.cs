using System.Net;
using Deployment.Providers.Local.Hosting;
using Deployment.Releases;

namespace Deployment.Providers.Local;

/// <summary>How a <see cref="LocalTarget"/> runs its releases.</summary>
public sealed class LocalTargetOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The target's name: 1 to 63 letters, digits, '.' or '-'. Default <c>local-PORT</c>.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// The folder with all state, logs and control sockets; absolute, and at most about 80 bytes long because of the sockets.
    /// Targets may share one. Default <c>$XDG_STATE_HOME/deployment/local</c>, or <c>~/.local/state/deployment/local</c>.
    /// </summary>
    public string? StateFolder { get; set; }

    /// <summary>How many instances of a revision run, 1 to 64. Default 1.</summary>
    public int Instances { get; set; } = 1;

    /// <summary>How long an instance may take until it accepts connections; above zero, at most a day. Default 30 seconds.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a switch waits until requests in flight on a revision that lost its share have finished; at least zero
    /// (zero does not wait), at most a day. Default 30 seconds.
    /// </summary>
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a process has between SIGTERM and SIGKILL; at least zero (zero kills at once), at most a day. Default 10 seconds.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The IP address that the router listens on. Default <c>127.0.0.1</c>; <c>0.0.0.0</c> opens the port to other machines.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>How the router speaks to clients and to instances: TLS, protocols, time-outs, limits.</summary>
    public RouterOptions Router { get; internal init; } = new();

    internal static string DefaultStateFolder()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        string root = state is { Length: > 0 } && Path.IsPathFullyQualified(state)
            ? state
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(root, "deployment", "local");
    }

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

        if (new StateFolder(StateFolder ?? DefaultStateFolder()).Problem() is { } folder)
        {
            yield return folder;
        }

        if (Instances is < 1 or > 64)
        {
            yield return $"Instances is {Instances}: take 1 to 64.";
        }

        if (StartTimeout <= TimeSpan.Zero || StartTimeout > Longest)
        {
            yield return $"StartTimeout is {StartTimeout}: it must be above zero and at most a day.";
        }

        foreach ((string option, TimeSpan time) in new[] { (nameof(DrainDeadline), DrainDeadline), (nameof(StopGrace), StopGrace) })
        {
            if (time < TimeSpan.Zero || time > Longest)
            {
                yield return $"{option} is {time}: it must be at least zero and at most a day.";
            }
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return $"Address is '{Naming.Printable(Address ?? "")}': it must be an IP address.";
        }

        foreach (string problem in Router.Problems())
        {
            yield return problem;
        }
    }
}
