using System.Collections.Immutable;
using System.Globalization;
using Deployment.Releases;

namespace Deployment.Providers.HAProxy.Sites;

/// <summary>
/// A site's state as entries of its map, whose keys are numbers: those below 10,000 are the users' numbers, each range with its lane, by which requests
/// are routed; the higher ones say what there is. So one commit replaces all of it.
/// </summary>
internal static class StateText
{
    public const int FirstLane = 1_000_000;
    public const int Preview = 2_000_000;
    public const int Generation = 3_000_000;
    public const int Page = 4_000_000;

    private const string Candidate = "candidate";

    // Three bytes are four characters: a part and its command fit HAProxy's buffer.
    private const int PartLength = 9_000;

    public static IReadOnlyList<string> Write(string site, SiteState state) =>
    [
        .. state.Split.Select(stretch => Line($"{stretch.First}:{stretch.Last} {Backend(site, stretch.Lane)}")),
        .. state.Lanes.Select(WriteLane),
        .. state.Preview is { } preview ? [Line($"{Preview} {Backend(site, preview)}")] : Array.Empty<string>(),
        Line($"{Generation} {state.Generation}"),
        .. state.Epochs.Select((epoch, index) => Line($"{Generation + 1 + index} {epoch.Key} {epoch.Value}")),
        .. state.Page is { } page ? WritePage(page) : [],
    ];

    /// <summary>What testers may name, with the lanes: the revisions, and as <c>candidate</c> the one that came last; of several that came at once the highest lane's.</summary>
    public static IReadOnlyList<string> WriteNames(string site, SiteState state) =>
    [
        .. state.Routed.Select(lane => $"{lane.Revision} {Backend(site, lane.Number)}"),
        .. state.Routed.OrderBy(lane => lane.Since).ThenBy(lane => lane.Number).TakeLast(1).Select(lane => $"{Candidate} {Backend(site, lane.Number)}"),
    ];

    /// <exception cref="DeploymentException">It is none.</exception>
    public static SiteState Read(string site, IEnumerable<string> lines, string where)
    {
        try
        {
            return ReadEntries(site, [.. lines.Where(line => line.Length > 0).Select(line => line.Split(' ', 2)).Select(pair => pair.Length == 2 ? (pair[0], pair[1]) : throw new FormatException($"'{pair[0]}' has no value"))]);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or DeploymentException)
        {
            throw new DeploymentException($"What the site {site} follows can't be read {where}: {Text.Printable(error.Message)}. It was changed by something else, or is of another version.", error);
        }
    }

    public static string Backend(string site, int lane) => Line($"{site}-{lane}");

    private static SiteState ReadEntries(string site, (string Key, string Value)[] entries)
    {
        Dictionary<int, string> values = entries.Where(entry => !entry.Key.Contains(':', StringComparison.Ordinal)).ToDictionary(entry => Digits.Read(entry.Key), entry => entry.Value);
        LaneEntry[] lanes = [.. values.Where(entry => entry.Key is > FirstLane and < Preview).OrderBy(entry => entry.Key).Select(entry => ReadLane(entry.Key - FirstLane, entry.Value))];
        return new SiteState
        {
            Generation = values.TryGetValue(Generation, out string? generation) ? Digits.ReadLong(generation) : 0,
            Split = [.. entries.Where(entry => entry.Key.Contains(':', StringComparison.Ordinal)).Select(entry => ReadStretch(site, entry.Key, entry.Value)).OrderBy(stretch => stretch.First)],
            Lanes = [.. lanes],
            Preview = values.TryGetValue(Preview, out string? preview) ? LaneOf(site, preview) : null,
            Epochs = values.Where(entry => entry.Key is > Generation and < Page).Select(entry => entry.Value.Split(' '))
                .ToImmutableSortedDictionary(pair => pair.Length == 2 ? pair[0] : throw new FormatException("an epoch has no number"), pair => Digits.ReadLong(pair[1])),
            Page = values.TryGetValue(Page, out string? page) ? ReadPage(page, values) : null,
        };
    }

    private static string WriteLane(LaneEntry lane) =>
        Line($"{FirstLane + lane.Number} {lane.Revision} {lane.Weight?.ToString(CultureInfo.InvariantCulture) ?? "-"} {lane.Since} {string.Join(' ', lane.Places.Select(place => place.Write()))}");

    private static LaneEntry ReadLane(int number, string text)
    {
        string[] parts = text.Split(' ');
        LaneEntry lane = parts.Length < 4
            ? throw new FormatException($"'{text}' is no lane")
            : new LaneEntry
            {
                Number = number,
                Revision = RevisionId.Parse(parts[0]),
                Weight = parts[1] == "-" ? null : Digits.Read(parts[1]),
                Since = Digits.ReadLong(parts[2]),
                Places = [.. parts[3..].Select(Place.Read)],
            };
        // Refused here, where it can be said in which text it stands.
        _ = lane.Routed;
        return lane;
    }

    private static Stretch ReadStretch(string site, string key, string value)
    {
        int[] ends = [.. key.Split(':').Select(Digits.Read)];
        return ends.Length == 2 && ends[0] <= ends[1] && ends[1] < Shares.Numbers ? new Stretch(ends[0], ends[1], LaneOf(site, value)) : throw new FormatException($"'{key}' is no range");
    }

    private static int LaneOf(string site, string backend) => backend.StartsWith(site + "-", StringComparison.Ordinal)
        ? Digits.Read(backend[(site.Length + 1)..])
        : throw new FormatException($"'{backend}' is no lane");

    private static IEnumerable<string> WritePage(PageEntry page)
    {
        byte[][] parts = [.. page.Html.Chunk(PartLength)];
        return [Line($"{Page} {page.RetryAfter} {parts.Length}"), .. parts.Select((part, index) => Line($"{Page + 1 + index} {Convert.ToBase64String(part)}"))];
    }

    private static PageEntry ReadPage(string text, Dictionary<int, string> values)
    {
        int[] numbers = [.. text.Split(' ').Select(Digits.Read)];
        return numbers.Length == 2
            ? new PageEntry(numbers[0], [.. Enumerable.Range(1, numbers[1]).SelectMany(index => Convert.FromBase64String(values.GetValueOrDefault(Page + index) ?? throw new FormatException("a part of the page is missing")))])
            : throw new FormatException("the page has no length");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
