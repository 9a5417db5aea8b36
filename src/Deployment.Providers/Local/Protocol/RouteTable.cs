using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Protocol;

/// <summary>What a router follows for one target: which requests are its, and which revision answers which share. Replaced as a whole, kept in a file.</summary>
internal sealed record RouteTable
{
    /// <summary>Grows by one with each table of this target.</summary>
    public required long Generation { get; init; }

    /// <summary>The fencing epoch of the run that made it.</summary>
    public required long Epoch { get; init; }

    public required string Target { get; init; }

    public required string Application { get; init; }

    /// <summary>The address that the router listens on.</summary>
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>By revision id; empty when nothing is served. The percentages add up to 100.</summary>
    public ImmutableSortedDictionary<string, RouteEntry> Revisions { get; set; } = ImmutableSortedDictionary.Create<string, RouteEntry>(StringComparer.Ordinal);

    /// <summary>Whether requests are spread evenly over the instances, which are those in the target's slots; the percentages only tell what that comes to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ByInstances { get; set; }

    /// <summary>All that stand, the one that was installed last first; empty when the rules need none of them.</summary>
    public ImmutableArray<LiveRevision> Live { get; set; } = [];

    public SiteRules Rules { get; set; } = new();

    /// <summary>How long requests wait for a revision while none is served; 0 to answer 503 at once.</summary>
    public double HoldSeconds { get; set; }

    /// <summary>Holds requests although revisions are served.</summary>
    public PauseRequest? Pause { get; set; }

    /// <summary>Answers everything.</summary>
    public MaintenanceRequest? Maintenance { get; set; }

    /// <summary>Copies requests to one of the live revisions, which has no share; null for what the rules say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MirrorRequest? Mirror { get; set; }

    /// <summary>The live revision, without a share, that is served on the preview port; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Preview { get; set; }

    /// <summary>How the router speaks to clients, the same for all targets of the port; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RouterSettings? Router { get; set; }

    /// <summary>How the router speaks to the instances; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UpstreamSettings? Upstream { get; set; }

    /// <summary>The revision in each slot; empty where requests aren't spread by instances.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<int, string> Slots => Revisions
        .SelectMany(entry => entry.Value.Slots.IsDefault ? [] : entry.Value.Slots, (entry, slot) => KeyValuePair.Create(slot, entry.Key))
        .ToImmutableSortedDictionary();

    /// <summary>How many of all turns each of the revisions has.</summary>
    [JsonIgnore]
    public IEnumerable<int> Weights => Revisions.Values.Select(entry => ByInstances ? entry.Ports.Length : entry.Percent);

    /// <summary>Whether the router must know revisions without a share, too.</summary>
    [JsonIgnore]
    public bool NeedsLiveRevisions => Rules.NeedsLiveRevisions || Mirror is not null || Preview is not null;

    /// <summary>The share of the requests that is copied, 0 to 100.</summary>
    [JsonIgnore]
    public int MirrorPercent => Mirror?.Percent ?? Rules.MirrorPercent;

    /// <summary>The tables that a router starts from.</summary>
    public static IReadOnlyList<RouteTable> ReadAll(StateFolder folder, int port) => !Directory.Exists(folder.RouterTables(port))
        ? []
        : [.. Directory.EnumerateFiles(folder.RouterTables(port), "*.json").Order(StringComparer.Ordinal).Select(file => StateFile.Read(file, LocalJson.Default.RouteTable)).OfType<RouteTable>()];

    /// <summary>Whether a router that follows this table can follow the next one, and needs no successor for that.</summary>
    public bool Keeps(RouteTable next) => (Router ?? RouterSettings.Default).Keeps(next.Router ?? RouterSettings.Default) is null;

    /// <summary>Whether a router that follows one does what the other says.</summary>
    public bool RoutesLike(RouteTable other) => Content(this) == Content(other);

    private static string Content(RouteTable table) => JsonSerializer.Serialize(table with { Generation = 0, Epoch = 0 }, LocalJson.Default.RouteTable);
}
