using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Which revision answers which share of what comes in for a target.</summary>
internal sealed record RouteRequest
{
    /// <summary>Whose traffic it is; may be missing when nothing is to be served, and is the target's then.</summary>
    public string? Application { get; set; }

    /// <summary>The public port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>The IP address that the router listens on.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Percent by revision id; empty to serve nothing.</summary>
    public required ImmutableSortedDictionary<string, int> Split { get; init; }

    /// <summary>A revision without a share that the router serves on its preview port until the next request; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Preview { get; set; }

    /// <summary>How long to wait until revisions without a share have finished what they do; 0 not to wait.</summary>
    public double DrainSeconds { get; set; } = 30;

    /// <summary>Whether what is unfinished then is broken off, instead of left until its revision is removed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CutUnfinished { get; set; }

    /// <summary>How long requests wait for a revision when the split is empty.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double HoldSeconds { get; set; }

    /// <summary>What else the router does; null for what it did before, and for nothing else at first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SiteRules? Rules { get; set; }

    /// <summary>How the router speaks to clients; null for how the port's router does it already, and for the defaults at first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(RouterSettingsText))]
    public RouterSettings? Router { get; set; }

    /// <summary>How the router speaks to the instances; null for how it did before, and for the defaults at first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(UpstreamSettingsText))]
    public UpstreamSettings? Upstream { get; set; }

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Problems()
    {
        // An explicit null gets past the reader's nullable annotations.
        if (Split is null || Address is null)
        {
            yield return "The split and the address can't be null.";
            yield break;
        }

        if (Port is < 1 or > 65535)
        {
            yield return $"{Port} is not a port.";
        }

        if (Router?.PreviewPort == Port)
        {
            yield return $"PreviewPort is {Port}, which is the public port: take another one.";
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return $"'{Releases.Naming.Printable(Address)}' is not an IP address.";
        }

        if (Split.Values.Any(percent => percent is < 1 or > 100) || Split.Values.Sum() is not (0 or 100))
        {
            yield return "The shares must be 1 to 100 and add up to 100, or be none at all.";
        }

        if (DrainSeconds is not (>= 0 and <= 86_400))
        {
            yield return "The time to drain must be 0 to 86400 seconds.";
        }

        if (HoldSeconds is not (>= 0 and <= PauseRequest.Longest))
        {
            yield return $"Requests can be held for 0 to {PauseRequest.Longest} seconds.";
        }

        foreach (string problem in (Rules?.Problems() ?? []).Concat(Router?.Problems() ?? []).Concat(Upstream?.Problems() ?? []))
        {
            yield return problem;
        }
    }
}
