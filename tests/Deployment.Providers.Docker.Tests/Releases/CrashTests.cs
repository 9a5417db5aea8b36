using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Providers.Docker.Tests.Targets;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Releases;

/// <summary>A deployer, a process of its own, that is killed at points of a deployment; the next one goes on. Users ask all the time.</summary>
[Category("HAProxy")]
public sealed class CrashTests : DockerTest
{
    private int _version;

    [Test]
    public Task Deployer_KilledAtPoints_IsGoneOnWithAndNoRequestIsLost() => KillAsync(7);

    [Test]
    [Category("Soak")]
    public Task Deployer_KilledAtEachPoint_IsGoneOnWithAndNoRequestIsLost() => KillAsync(1);

    private async Task KillAsync(int step)
    {
        await using RoutedSite site = await RoutedSite.StartAsync();
        int points = await PointsAsync(site);
        points.Should().BeGreaterThan(30);
        await using Load load = await Load.StartAsync(site.Address);
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int point = 1; point <= points; point += step)
        {
            string version = Next();
            CommandResult killed = await RunAsync(site, "deploy", version, point);
            killed.ExitCode.Should().Be(137, $"it dies at point {point}: {killed.Output}{killed.Error}");
            CommandResult resumed = await RunAsync(site, "resume", version, 0);
            resumed.ExitCode.Should().Be(0, $"what died at point {point} is gone on with: {resumed.Error}");
            string end = resumed.Output.Split(';')[^1].Trim();
            ends[end] = ends.GetValueOrDefault(end) + 1;
            await ExpectWholeAsync(site, point);
        }

        LoadReport report = await load.StopAsync();
        await TestContext.Out.WriteLineAsync($"{points} points; {string.Join(", ", ends)}. {report}");
        report.Failures.Should().BeEmpty();
        ends.Keys.Should().BeSubsetOf(["Succeeded", "", "Rejected"]);
        ends["Succeeded"].Should().BePositive();
    }

    /// <summary>One revision has all the traffic, with all its instances, and no other runs.</summary>
    private async Task ExpectWholeAsync(RoutedSite site, int point)
    {
        Observation seen = await DockerTarget.Behind(site.Router, Name, docker => docker.Hosts.Add(Host)).ObserveAsync(CancellationToken.None);
        seen.Problems.Should().BeEmpty($"killed at point {point}");
        seen.Revisions.Should().ContainSingle($"killed at point {point}").Which.Instances.Should().Be(2);
        seen.Traffic.ShareOf(seen.Revisions[0].Id).Should().Be(100);
    }

    private async Task<int> PointsAsync(RoutedSite site)
    {
        (await RunAsync(site, "deploy", Next(), 0)).Output.Should().EndWith("Succeeded\n");
        CommandResult whole = await RunAsync(site, "deploy", Next(), 0);
        whole.Output.Should().EndWith("Succeeded\n");
        return int.Parse(whole.Output.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private string Next() => string.Create(CultureInfo.InvariantCulture, $"1.{++_version}.0");

    private async Task<CommandResult> RunAsync(RoutedSite site, string what, string version, int point)
    {
        string image = await World.Images.ShopAsync(_version % 2 == 0 ? "1.0.0" : "1.1.0");
        string program = Path.Combine(AppContext.BaseDirectory, "Deployment.Providers.Docker.Tests.Deployer.dll");
        Command command = Command.Of(
            "dotnet", "exec", program, what, site.Folder, site.Port.ToString(CultureInfo.InvariantCulture), World.Daemon.DockerHost, Name, image, version, point.ToString(CultureInfo.InvariantCulture));
        return await Tool.RunAsync(command with { Timeout = TimeSpan.FromMinutes(1) });
    }
}
