using System.Net;
using Deployment.Providers.Local.Protocol;
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

    /// <summary>
    /// Whether requests that are still in flight on a revision without a share at the drain's deadline are broken off. Default false:
    /// they go on until the revision is removed, which asks its processes to end and gives them their grace.
    /// </summary>
    public bool CutAtDrainDeadline { get; set; }

    /// <summary>
    /// The host names that this target answers, such as <c>shop.example.com</c> or <c>*.example.com</c>; targets with different hosts or
    /// path prefixes can share a port, and the most specific one answers. Default none: every host.
    /// </summary>
    public IList<string> Hosts { get; private set; } = [];

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

    /// <summary>A cookie for the same: one of the application, or the router's own with <see cref="IssueStickyCookie"/>. Default null.</summary>
    public string? StickyCookie { get; set; }

    /// <summary>
    /// Whether the router gives <see cref="StickyCookie"/> to who comes without it and without <see cref="StickyHeader"/>: a random id,
    /// HttpOnly, SameSite=Lax, for this target's path, Secure where the client speaks TLS. Default false: the application sets it.
    /// </summary>
    public bool IssueStickyCookie { get; set; }

    /// <summary>How long such a cookie lasts from when it was given: 1 second to 400 days. Default null: until the browser is closed.</summary>
    public TimeSpan? StickyCookieLifetime { get; set; }

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

    /// <summary>
    /// How long a request waits while an update in place has nothing to serve, before it is answered 503; zero to 5 minutes. What is in flight
    /// when the update begins has <see cref="DrainDeadline"/> or half of this, whichever is less. Default 30 seconds.
    /// </summary>
    public TimeSpan HoldRequests { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How instances are probed while they serve.</summary>
    public LocalHealth Health { get; private set; } = new();

    /// <summary>How the router speaks to clients and to instances: TLS, protocols, time-outs, limits. What clients see belongs to the port: targets that share one must say the same.</summary>
    public RouterOptions Router { get; private set; } = new();

    internal SiteRules Rules() => new()
    {
        Hosts = Hosts.Count == 0 ? null : [.. Hosts.Select(host => host.ToLowerInvariant())],
        PathPrefix = PathPrefix,
        StripPathPrefix = StripPathPrefix,
        TesterHeader = TesterHeader,
        TesterCookie = TesterCookie,
        StickyHeader = StickyHeader,
        StickyCookie = StickyCookie,
        IssueStickyCookie = IssueStickyCookie,
        StickyCookieSeconds = StickyCookieLifetime?.TotalSeconds,
        MirrorPercent = MirrorPercent,
        MirrorComparesBodies = MirrorComparesBodies,
        AssetsPath = AssetsPath,
        Health = Health.Probe() is var probe && probe == new HealthProbe() ? null : probe,
    };

    private protected override void Detach()
    {
        base.Detach();
        Hosts = [.. Hosts];
        Health = Health.Copy();
        Router = Router.Copy();
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

        foreach (string problem in ProcessProblems())
        {
            yield return problem;
        }

        if (HoldRequests < TimeSpan.Zero || HoldRequests > TimeSpan.FromSeconds(PauseRequest.Longest))
        {
            yield return $"HoldRequests is {HoldRequests}: it must be zero to {PauseRequest.Longest} seconds.";
        }

        foreach (string rule in Hosts.Any(host => host is null) ? ["A host is null."] : Rules().Problems())
        {
            yield return rule;
        }

        if (DrainDeadline < TimeSpan.Zero || DrainDeadline > Longest)
        {
            yield return $"DrainDeadline is {DrainDeadline}: it must be at least zero and at most a day.";
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return $"Address is '{Naming.Printable(Address ?? "")}': it must be an IP address.";
        }

        if (Router.PreviewPort == port)
        {
            yield return $"Router.PreviewPort is {port}, which is the public port: take another one.";
        }

        foreach (string problem in Router.Problems())
        {
            yield return problem;
        }
    }
}
