using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Providers.HAProxy.Files;
using Deployment.Providers.HAProxy.Sites;

namespace Deployment.Providers.HAProxy.Runtime;

/// <summary>A site as the running HAProxy has it.</summary>
internal sealed partial class SiteRuntime(RuntimeClient client, string site, SitePaths paths)
{
    /// <summary>HAProxy's version and its process, which changes with each reload.</summary>
    public async Task<(Version Version, string Process)> InfoAsync(CancellationToken cancellationToken)
    {
        string answer = await client.AskAsync("show info", cancellationToken);
        Match version = VersionLine().Match(answer);
        return version.Success
            ? (Version.Parse(version.Groups[1].Value), ProcessLine().Match(answer).Groups[1].Value)
            : throw client.Unexpected("show info", answer);
    }

    /// <summary>What it follows; null where HAProxy doesn't know the site's map.</summary>
    public async Task<SiteState?> StateAsync(CancellationToken cancellationToken) =>
        await MapAsync("", paths.Map, cancellationToken) is { } lines ? StateText.Read(site, lines, "in HAProxy") : null;

    /// <summary>The servers of all lanes, by the lane's name.</summary>
    public async Task<ILookup<string, ServerState>> ServersAsync(CancellationToken cancellationToken)
    {
        const string Command = "show servers state";
        string answer = await client.AskAsync(Command, cancellationToken);
        try
        {
            return ServerState.Read(answer).ToLookup(server => server.Backend);
        }
        catch (FormatException)
        {
            throw client.Unexpected(Command, answer);
        }
    }

    /// <summary>What is counted of a lane: the backend's own, and its servers'.</summary>
    public async Task<IReadOnlyList<Counters>> CountersAsync(int lane, CancellationToken cancellationToken)
    {
        string command = $"show stat {StateText.Backend(site, lane)} 6 -1";
        string answer = await client.AskAsync(command, cancellationToken);
        try
        {
            return Counters.Read(answer);
        }
        catch (FormatException)
        {
            throw client.Unexpected(command, answer);
        }
    }

    /// <summary>How many answers of a lane took how long, in the buckets.</summary>
    public async Task<double[]> LatenciesAsync(int lane, CancellationToken cancellationToken)
    {
        string command = $"show table {StateText.Backend(site, lane)}";
        string answer = await client.AskAsync(command, cancellationToken);
        if (!answer.StartsWith("# table:", StringComparison.Ordinal))
        {
            throw client.Unexpected(command, answer);
        }

        double[] counts = new double[LatencyBuckets.Bounds.Length + 1];
        foreach (Match bucket in BucketLine().Matches(answer).Where(bucket => bucket.Groups[1].Length < 4))
        {
            int index = int.Parse(bucket.Groups[1].Value, CultureInfo.InvariantCulture);
            counts[Math.Min(index, counts.Length - 1)] += double.Parse(bucket.Groups[2].Value, CultureInfo.InvariantCulture);
        }

        return counts;
    }

    /// <summary>Has a server that is in maintenance take requests at an address.</summary>
    public async Task StartAsync(int lane, Place place, CancellationToken cancellationToken)
    {
        string server = Server(lane, place.Server);
        // Its answer tells in words what changed; whether it did is looked at afterwards.
        _ = await client.AskAsync(string.Create(CultureInfo.InvariantCulture, $"set server {server} addr {place.Address} port {place.Instance.Port}"), cancellationToken);
        await client.DoAsync($"set server {server} state ready", cancellationToken);
    }

    public Task DrainAsync(int lane, string server, CancellationToken cancellationToken) => client.DoAsync($"set server {Server(lane, server)} state drain", cancellationToken);

    public Task StopAsync(int lane, string server, CancellationToken cancellationToken) => client.DoAsync($"set server {Server(lane, server)} state maint", cancellationToken);

    public Task CutAsync(int lane, string server, CancellationToken cancellationToken) => client.DoAsync($"shutdown sessions server {Server(lane, server)}", cancellationToken);

    /// <summary>Replaces a map in one step, unless something was found out of place when it was prepared.</summary>
    /// <param name="map">The map.</param>
    /// <param name="lines">Its entries.</param>
    /// <param name="stillHolds">Asked once nobody who prepared earlier can commit any more; it throws when the map must stay as it is.</param>
    /// <param name="cancellationToken">Stops it; the map is then as it was.</param>
    public async Task ReplaceAsync(string map, IReadOnlyList<string> lines, Func<Task> stillHolds, CancellationToken cancellationToken)
    {
        string prepare = $"prepare map {map}";
        string prepared = await client.AskAsync(prepare, cancellationToken);
        Match version = Prepared().Match(prepared);
        if (!version.Success)
        {
            throw client.Unexpected(prepare, prepared);
        }

        string at = $"@{version.Groups[1].Value} ";
        await stillHolds();
        foreach (string batch in Batches(lines))
        {
            // The client adds the blank line that ends the entries.
            await client.DoAsync($"add map {at}{map} <<\n{batch}", cancellationToken);
        }

        if (await MapAsync(at, map, cancellationToken) is not { } added || !added.SequenceEqual(lines))
        {
            throw new DeploymentException($"HAProxy has other entries in the new version of '{map}' than it was given; the old version stays. Try again; if it stays so, look whether something else changes this map.");
        }

        await client.DoAsync($"commit map {at}{map}", cancellationToken);
    }

    private async Task<IReadOnlyList<string>?> MapAsync(string version, string map, CancellationToken cancellationToken)
    {
        string command = $"show map {version}{map}";
        string answer = await client.AskAsync(command, cancellationToken);
        if (answer.StartsWith("Unknown map identifier", StringComparison.Ordinal))
        {
            return null;
        }

        // Each line begins with the entry's address in memory.
        string[] lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.All(line => line.StartsWith("0x", StringComparison.Ordinal) && line.Contains(' ', StringComparison.Ordinal))
            ? [.. lines.Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])]
            : throw client.Unexpected(command, answer);
    }

    private string Server(int lane, string server) => $"{StateText.Backend(site, lane)}/{server}";

    private static IEnumerable<string> Batches(IReadOnlyList<string> lines)
    {
        const int Most = RuntimeClient.LongestCommand - 500;
        string batch = "";
        foreach (string line in lines)
        {
            if (batch.Length > 0 && batch.Length + line.Length >= Most)
            {
                yield return batch;
                batch = "";
            }

            batch += line + "\n";
        }

        if (batch.Length > 0)
        {
            yield return batch;
        }
    }

    [GeneratedRegex(@"^Version: (\d{1,4}\.\d{1,4})", RegexOptions.Multiline)]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^Pid: (\d+)", RegexOptions.Multiline)]
    private static partial Regex ProcessLine();

    [GeneratedRegex(@"key=(\d+) .*gpc0=(\d+)")]
    private static partial Regex BucketLine();

    [GeneratedRegex(@"^New version created: (\d+)")]
    private static partial Regex Prepared();
}
