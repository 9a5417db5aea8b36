using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Tests;

namespace Deployment.Samples.Tests;

[Category("Docker")]
public sealed class DockerCanaryTests
{
    private const int Missing = 3;

    [Test]
    public async Task Run_OnADaemon_BringsAGoodImageTakesABadOneBackAndLeavesNothing()
    {
        RealComponent.Require("haproxy");
        RealComponent.Require("busybox");
        await using DockerDaemon daemon = await DockerDaemon.StartAsync();

        CommandResult result = await RunAsync(daemon.DockerHost);

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1.1.0: Succeeded").And.Contain("1.2.0: RolledBack").And.NotContain("NOT AS IT SHOULD BE");
        (await daemon.SucceedsAsync("ps", "--all", "--quiet")).Should().BeEmpty();
        (await daemon.SucceedsAsync("image", "ls", "--quiet")).Should().BeEmpty();
    }

    [Test]
    public async Task Run_WithoutADaemon_SaysWhatIsMissing()
    {
        RealComponent.Require("docker");

        CommandResult result = await RunAsync("unix:///run/no-daemon-is-here.sock");

        result.ExitCode.Should().Be(Missing, result.Output + result.Error);
        result.Error.Should().StartWith("No Docker daemon answers here. Start one, or say by DOCKER_HOST where one is.").And.Contain("no-daemon-is-here.sock");
    }

    private static Task<CommandResult> RunAsync(string host) => new CommandRunner(TimeProvider.System).RunAsync(
        Command.Of("dotnet", Path.Combine(Repository.DockerCanary, "DockerCanary.dll")) with
        {
            Timeout = TimeSpan.FromMinutes(4),
            Environment = new Dictionary<string, string> { ["DOCKER_HOST"] = host },
        },
        null,
        CancellationToken.None);
}
