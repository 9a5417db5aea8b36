using System.Net;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
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

    /// <summary>
    /// Whether requests that are still in flight on a revision without a share at the drain's deadline are broken off. Default false:
    /// they go on until the revision is removed, which asks its processes to end and gives them their grace.
    /// </summary>
    public bool CutAtDrainDeadline { get; set; }

    /// <summary>
    /// The host names that this target answers, such as <c>shop.example.com</c> or <c>*.example.com</c>; targets with different hosts or
    /// path prefixes can share a port, and the most specific one answers. Default none: every host.
    /// </summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>The whole segments that the path of this target's requests begins with. Default <c>/</c>: every path.</summary>
    public string PathPrefix { get; set; } = "/";

    /// <summary>Whether instances get the path without the prefix, and the prefix in <c>X-Forwarded-Prefix</c>. Default false.</summary>
    public bool StripPathPrefix { get; set; }

    /// <summary>
    /// A header in which testers name the revision that is to answer, by its id or as <c>candidate</c> for the one that was installed last,
    /// whatever its share. One that doesn't stand is ignored. Anybody can send it: choose a name that is hard to guess. Default null.
    /// </summary>
    public string? TesterHeader { get; set; }

    /// <summary>A cookie for the same. Default null.</summary>
    public string? TesterCookie { get; set; }

    /// <summary>
    /// A header that tells users apart. A user stays with a revision while its share stays or grows. Requests without it are split one by one. Default null.
    /// </summary>
    public string? StickyHeader { get; set; }

    /// <summary>A cookie of the application for the same. Default null.</summary>
    public string? StickyCookie { get; set; }

    /// <summary>
    /// Which share of GET and HEAD requests is sent a second time to the revision that was installed last, while it has no share itself: 0 to 100.
    /// Its answers are compared, counted and dropped; users never wait for them. Default 0.
    /// </summary>
    public int MirrorPercent { get; set; }

    /// <summary>Whether the bodies of those answers are compared as well, besides the status. Default false.</summary>
    public bool MirrorComparesBodies { get; set; }

    /// <summary>
    /// A path such as <c>/assets</c>. A GET below it that one revision answers with 404 is asked of the others that stand, so that pages of
    /// the previous revision find their assets after a switch. Default null.
    /// </summary>
    public string? AssetsPath { get; set; }

    /// <summary>How long a request waits while an update in place has nothing to serve, before it is answered 503; zero to 5 minutes. Default 30 seconds.</summary>
    public TimeSpan HoldRequests { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How instances are probed while they serve.</summary>
    public LocalHealth Health { get; } = new();

    internal SiteRules Rules() => new()
    {
        Hosts = Hosts.Count == 0 ? null : [.. Hosts.Select(host => host.ToLowerInvariant())],
        PathPrefix = PathPrefix,
        StripPathPrefix = StripPathPrefix,
        TesterHeader = TesterHeader,
        TesterCookie = TesterCookie,
        StickyHeader = StickyHeader,
        StickyCookie = StickyCookie,
        MirrorPercent = MirrorPercent,
        MirrorComparesBodies = MirrorComparesBodies,
        AssetsPath = AssetsPath,
        Health = Health.Probe() is var probe && probe == new HealthProbe() ? null : probe,
    };

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

        if (HoldRequests < TimeSpan.Zero || HoldRequests > TimeSpan.FromSeconds(PauseRequest.Longest))
        {
            yield return $"HoldRequests is {HoldRequests}: it must be zero to {PauseRequest.Longest} seconds.";
        }

        foreach (string rule in Hosts.Any(host => host is null) ? ["A host is null."] : Rules().Problems())
        {
            yield return rule;
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
    }
}
