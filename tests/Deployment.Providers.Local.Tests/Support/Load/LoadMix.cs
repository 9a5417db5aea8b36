using System.Collections.Immutable;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>Clients of several kinds at once, and what became of each kind.</summary>
internal sealed class LoadMix(IEnumerable<(LoadKind Kind, LoadGenerator Load)> loads)
{
    private const int Shown = 5;

    public ImmutableArray<(LoadKind Kind, LoadGenerator Load)> Loads { get; } = [.. loads];

    public bool HasBegun => Loads.All(one => one.Load.Answered + one.Load.Failures.Count > one.Kind.Connections);

    public int Failed => Loads.Sum(one => one.Load.Failures.Count);

    /// <summary>How many requests were answered, as a router counts them.</summary>
    public long Requests => Loads.Sum(one => (long)(one.Kind.Stays ? one.Load.Connected : one.Load.Answered));

    /// <summary>A line for each kind, and its first failures.</summary>
    public string Report => string.Join('\n', Loads.Select(one => string.Join(
        "\n    ",
        [
            $"{one.Kind.Name}: {one.Load.Connected} connections, {one.Load.Answered} requests ({string.Join(", ", one.Load.Versions.OrderBy(version => version.Key).Select(version => $"{version.Key} {version.Value}"))}; over a switch {one.Load.OverSwitches}), {one.Load.Failures.Count} failures",
            .. one.Load.Failures.Take(Shown),
        ])));

    /// <summary>Sends until it is told to stop; what is under way then is finished and counts.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Loads.Select(one => one.Load.RunAsync(one.Kind.Connections, stop)));
}
