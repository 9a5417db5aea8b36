using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Providers.Docker.Tests.Targets;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Releases;

/// <summary>A deployer, a process of its own, that is killed at points of a deployment; the next one goes on. Users ask all the time.</summary>
[Category("HAProxy")]
public sealed class CrashTests : DockerTest
{
    [TestCase("blue-green", 23)]
    public Task Deployer_KilledAtPoints_IsGoneOnWithAndNoRequestIsLost(string strategy, int step) => KillAsync(strategy, step, isCommand: false);

    [TestCase("blue-green", 17)]
    [TestCase("rolling", 41)]
    [TestCase("recreate", 17, Category = "Soak")]
    public Task Deployer_KilledInCommands_IsGoneOnWithAndNoRequestIsLost(string strategy, int step) => KillAsync(strategy, step, isCommand: true);

    // A target for each: what stands there belongs to the router and the store of its site.
    [Test]
    [Category("Soak")]
    public Task Deployer_KilledEverywhere_IsGoneOnWithAndNoRequestIsLost([Values("blue-green", "rolling", "recreate")] string strategy, [Values] bool isCommand) =>
        KillAsync(strategy, 1, isCommand);

    private async Task KillAsync(string strategy, int step, bool isCommand)
    {
        await using RoutedSite site = await RoutedSite.StartAsync();
        var deployer = new Deployer(World, site.Folder, site.Port, Name, strategy);
        int moments = await deployer.CountAsync(isCommand);
        moments.Should().BeGreaterThan(20);
        await using Load load = await Load.StartAsync(site.Address);
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int moment = 1; moment <= moments; moment += step)
        {
            CommandResult resumed = await deployer.KillAndResumeAsync(moment, isCommand);
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
}
