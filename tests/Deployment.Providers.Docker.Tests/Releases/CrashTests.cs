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

    [TestCase("blue-green", 23)]
    public Task Deployer_KilledAtPoints_IsGoneOnWithAndNoRequestIsLost(string strategy, int step) => KillAsync(strategy, step, isCommand: false);

    [TestCase("blue-green", 17)]
    [TestCase("rolling", 41)]
    [TestCase("recreate", 17, Category = "Soak")]
    public Task Deployer_KilledInCommands_IsGoneOnWithAndNoRequestIsLost(string strategy, int step) => KillAsync(strategy, step, isCommand: true);

    [TestCase("blue-green")]
    [TestCase("rolling")]
    [TestCase("recreate")]
    [Category("Soak")]
    public async Task Deployer_KilledEverywhere_IsGoneOnWithAndNoRequestIsLost(string strategy)
    {
        await KillAsync(strategy, 1, isCommand: false);
        await KillAsync(strategy, 1, isCommand: true);
    }

    private async Task KillAsync(string strategy, int step, bool isCommand)
    {
        await using RoutedSite site = await RoutedSite.StartAsync();
        int moments = await CountAsync(site, strategy, isCommand);
        moments.Should().BeGreaterThan(20);
        await using Load load = await Load.StartAsync(site.Address);
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int moment = 1; moment <= moments; moment += step)
        {
            string version = Next();
            CommandResult killed = await RunAsync(site, strategy, "deploy", version, isCommand ? 0 : moment, isCommand ? moment : 0);
            killed.ExitCode.Should().Be(137, $"it dies at {moment}: {killed.Output}{killed.Error}");
            CommandResult resumed = await RunAsync(site, strategy, "resume", version, 0, 0);
            resumed.ExitCode.Should().Be(0, $"what died at {moment} is gone on with: {resumed.Error}");
            string end = resumed.Output.Split(';')[^1].Trim();
            ends[end] = ends.GetValueOrDefault(end) + 1;
            await ExpectWholeAsync(site, moment);
        }

        LoadReport report = await load.StopAsync();
        await TestContext.Out.WriteLineAsync($"{strategy}, {moments} moments: {string.Join(", ", ends)}. {report}");
        report.Failures.Should().BeEmpty();
        ends.Keys.Should().BeSubsetOf(["Succeeded", "", "Rejected"]);
        ends["Succeeded"].Should().BePositive();
    }

    /// <summary>One revision has all the traffic, with all its instances, and no other runs.</summary>
    private async Task ExpectWholeAsync(RoutedSite site, int moment)
    {
        Observation seen = await DockerTarget.Behind(site.Router, Name, docker => docker.Hosts.Add(Host)).ObserveAsync(CancellationToken.None);
        seen.Problems.Should().BeEmpty($"killed at {moment}");
        seen.Revisions.Should().ContainSingle($"killed at {moment}").Which.Instances.Should().Be(2);
        seen.Traffic.ShareOf(seen.Revisions[0].Id).Should().Be(100);
    }

    private async Task<int> CountAsync(RoutedSite site, string strategy, bool isCommand)
    {
        (await RunAsync(site, strategy, "deploy", Next(), 0, 0)).Output.Should().EndWith("Succeeded\n");
        CommandResult whole = await RunAsync(site, strategy, "deploy", Next(), 0, 0);
        whole.Output.Should().EndWith("Succeeded\n");
        // The last tenth may be the removal afterwards, which isn't always the same.
        return 9 * int.Parse(whole.Output.Split(' ')[isCommand ? 2 : 0], NumberStyles.None, CultureInfo.InvariantCulture) / 10;
    }

    private string Next() => string.Create(CultureInfo.InvariantCulture, $"1.{++_version}.0");

    private async Task<CommandResult> RunAsync(RoutedSite site, string strategy, string what, string version, int point, int command)
    {
        string image = await World.Images.ShopAsync(_version % 2 == 0 ? "1.0.0" : "1.1.0");
        string program = Path.Combine(AppContext.BaseDirectory, "Deployment.Providers.Docker.Tests.Deployer.dll");
        Command line = Command.Of("dotnet", "exec", program, what, site.Folder, Number(site.Port), World.Daemon.DockerHost, Name, image, version, strategy, Number(point), Number(command));
        return await Tool.RunAsync(line with { Timeout = TimeSpan.FromMinutes(1) });
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
