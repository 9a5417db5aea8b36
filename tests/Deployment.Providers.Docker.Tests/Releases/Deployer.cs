using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Providers.Docker.Tests.Targets;

namespace Deployment.Providers.Docker.Tests.Releases;

/// <summary>A deployer, a process of its own: it deploys one version after the other, dies where it is told, and is gone on with by the next.</summary>
internal sealed class Deployer(DockerWorld world, string folder, int port, string target, string strategy)
{
    private int _version;

    /// <summary>How many points, or commands, a deployment has besides the last tenth: the removal afterwards isn't always the same.</summary>
    public async Task<int> CountAsync(bool isCommand)
    {
        (await RunAsync("deploy", Next(), 0, 0)).Output.Should().EndWith("Succeeded\n");
        CommandResult whole = await RunAsync("deploy", Next(), 0, 0);
        whole.Output.Should().EndWith("Succeeded\n");
        return 9 * int.Parse(whole.Output.Split(' ')[isCommand ? 2 : 0], NumberStyles.None, CultureInfo.InvariantCulture) / 10;
    }

    /// <summary>Begins the next version, dies at a moment, and returns what the process that goes on said.</summary>
    public async Task<CommandResult> KillAndResumeAsync(int moment, bool isCommand)
    {
        string version = Next();
        CommandResult killed = await RunAsync("deploy", version, isCommand ? 0 : moment, isCommand ? moment : 0);
        killed.ExitCode.Should().Be(137, $"it dies at {moment}: {killed.Output}{killed.Error}");
        CommandResult resumed = await RunAsync("resume", version, 0, 0);
        resumed.ExitCode.Should().Be(0, $"what died at {moment} is gone on with: {resumed.Error}");
        return resumed;
    }

    private string Next() => string.Create(CultureInfo.InvariantCulture, $"1.{++_version}.0");

    private async Task<CommandResult> RunAsync(string what, string version, int point, int command)
    {
        string image = await world.Images.ShopAsync(_version % 2 == 0 ? "1.0.0" : "1.1.0");
        string program = Path.Combine(AppContext.BaseDirectory, "Deployment.Providers.Docker.Tests.Deployer.dll");
        Command line = Command.Of("dotnet", "exec", program, what, folder, Number(port), world.Daemon.DockerHost, target, image, version, strategy, Number(point), Number(command));
        return await Tool.RunAsync(line with { Timeout = TimeSpan.FromMinutes(1) });
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
