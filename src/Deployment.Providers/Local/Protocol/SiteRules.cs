using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Which requests of a port are a target's, and what the router does for it besides splitting them.</summary>
internal sealed record SiteRules
{
    // Browsers keep no cookie longer (RFC 6265bis, 5.5).
    private const int LongestSticky = 400 * 24 * 60 * 60;

    /// <summary>Host names, also of the form <c>*.example.com</c>; none for any host.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Hosts { get; set; }

    /// <summary>Whole segments that a path begins with; <c>/</c> for any path.</summary>
    public string PathPrefix { get; set; } = "/";

    /// <summary>Whether the instances get the path without the prefix.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StripPathPrefix { get; set; }

    /// <summary>The header in which a tester names a revision.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TesterHeader { get; set; }

    /// <summary>The cookie in which a tester names a revision.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TesterCookie { get; set; }

    /// <summary>The header that tells users apart.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StickyHeader { get; set; }

    /// <summary>The cookie that tells users apart.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StickyCookie { get; set; }

    /// <summary>Whether the router gives that cookie to who comes without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IssueStickyCookie { get; set; }

    /// <summary>How long such a cookie lasts; null until the browser is closed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StickyCookieSeconds { get; set; }

    /// <summary>The share of safe requests that the candidate is sent a copy of, 0 to 100.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MirrorPercent { get; set; }

    /// <summary>Whether the bodies of mirrored answers are compared as well.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MirrorComparesBodies { get; set; }

    /// <summary>The path under which other live revisions are asked for what one doesn't find.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AssetsPath { get; set; }

    /// <summary>How instances are probed while they serve; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthProbe? Health { get; set; }

    /// <summary>Whether the router must know revisions without a share, too.</summary>
    [JsonIgnore]
    public bool NeedsLiveRevisions => TesterHeader is not null || TesterCookie is not null || MirrorPercent > 0 || AssetsPath is not null;

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (string host in (Hosts ?? []).Where(host => !SiteNames.IsHost(host)))
        {
            yield return $"'{Releases.Naming.Printable(host ?? "")}' is not a host name such as shop.example.com or *.example.com.";
        }

        if (!SiteNames.IsPath(PathPrefix))
        {
            yield return $"The path prefix '{Releases.Naming.Printable(PathPrefix ?? "")}' must begin with '/', and have no empty segment, '.', '..', '?' or '#' in it.";
        }

        if (AssetsPath is not null && !SiteNames.IsPath(AssetsPath))
        {
            yield return $"The path of assets '{Releases.Naming.Printable(AssetsPath)}' must begin with '/', and have no empty segment, '.', '..', '?' or '#' in it.";
        }

        foreach (string name in new[] { TesterHeader, TesterCookie, StickyHeader, StickyCookie }.OfType<string>().Where(name => !SiteNames.IsToken(name)))
        {
            yield return $"'{Releases.Naming.Printable(name)}' can't be the name of a header or a cookie.";
        }

        foreach (string problem in StickyProblems())
        {
            yield return problem;
        }

        if (MirrorPercent is < 0 or > 100)
        {
            yield return $"{MirrorPercent}% of the requests can't be mirrored: take 0 to 100.";
        }

        foreach (string problem in Health?.Problems() ?? [])
        {
            yield return problem;
        }
    }

    private IEnumerable<string> StickyProblems()
    {
        if (IssueStickyCookie && StickyCookie is null)
        {
            yield return "IssueStickyCookie needs the name of the cookie: set StickyCookie.";
        }

        if (StickyCookieSeconds is not null && !IssueStickyCookie)
        {
            yield return "StickyCookieLifetime is of a cookie that the router gives out: set IssueStickyCookie, or leave the lifetime out.";
        }

        if (StickyCookieSeconds is { } seconds && !(seconds is >= 1 and <= LongestSticky))
        {
            yield return $"StickyCookieLifetime is {seconds} s: it must be 1 s to 400 days.";
        }

        if (IssueStickyCookie && PathPrefix?.Contains(';', StringComparison.Ordinal) == true)
        {
            yield return $"The path prefix '{Releases.Naming.Printable(PathPrefix)}' can't be the path of a cookie: leave out the ';' or IssueStickyCookie.";
        }
    }
}
