using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Providers.Docker.Tests.Targets;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Releases;

/// <summary>A deployer that is killed while it replaces containers that nothing routes to: in the gap there is none, and the next process goes on.</summary>
public sealed class InPlaceCrashTests : DockerTest
{
    [TestCase("published", 6)]
    [TestCase("workers", 11)]
    [TestCase("published", 1, Category = "Soak")]
    [TestCase("workers", 1, Category = "Soak")]
    public async Task Deployer_KilledInCommands_IsGoneOnWith(string kind, int step)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("in-place-");
        int port = FreePort.Next();
        DockerTarget target = kind == "workers"
            ? DockerTarget.Workers(Name, docker => docker.Hosts.Add(Host))
            : DockerTarget.Publishing(port, Name, docker => docker.Hosts.Add(Host));
        var deployer = new Deployer(World, folder.FullName, port, Name, kind);
        int moments = await deployer.CountAsync(isCommand: true);
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int moment = 1; moment <= moments; moment += step)
        {
            CommandResult resumed = await deployer.KillAndResumeAsync(moment, isCommand: true);
            string end = resumed.Output.Split(';')[^1].Trim();
            ends[end] = ends.GetValueOrDefault(end) + 1;
            Observation seen = await target.ObserveAsync(CancellationToken.None);
            seen.Problems.Should().BeEmpty($"killed at {moment}");
            seen.Traffic.Shares.Should().ContainSingle($"killed at {moment}").Which.Value.Should().Be(100);
        }

        await TestContext.Out.WriteLineAsync($"{kind}, {moments} commands: {string.Join(", ", ends)}.");
        folder.Delete(recursive: true);
        ends.Keys.Should().BeSubsetOf(["Succeeded", "", "Rejected"]);
        ends["Succeeded"].Should().BePositive();
    }
}
