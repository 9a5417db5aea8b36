using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>Hosts that can't be reached, and those that are reached in each of Docker's ways.</summary>
public sealed class ReachTests : DockerTest
{
    [Test]
    public async Task Observe_NoDaemon_SaysWhatToDo()
    {
        Rig rig = On(DockerHost.At("unix:///run/none.sock"));
        await rig.Awaiting(it => it.SeeAsync()).Should().ThrowAsync<DeploymentException>().WithMessage("The Docker daemon of unix:///run/none.sock can't be reached.*systemctl status docker*");
    }

    [Test]
    public async Task Observe_OneOfSeveralHostsIsGone_IsToldBeforeAnythingStarts()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.Hosts.Add(DockerHost.At("tcp://127.0.0.1:1")));
        await rig.Awaiting(it => it.SeeAsync()).Should().ThrowAsync<DeploymentException>().WithMessage("tcp://127.0.0.1:1: The Docker daemon of tcp://127.0.0.1:1 can't be reached.*");
    }

    [Test]
    public async Task Observe_NoPermissionOnTheSocket_SaysWhatToDo()
    {
        Rig rig = On(Host);
        ((IAskByCommand)rig.Target).Commands = new OtherUser();
        await rig.Awaiting(it => it.SeeAsync()).Should().ThrowAsync<DeploymentException>().WithMessage("This user may not speak to the Docker daemon*");
    }

    [Test]
    public async Task Observe_NoDockerTool_SaysSo()
    {
        Rig rig = Routed(new FakeRouter(), docker => docker.Program = "/nowhere/docker");
        await rig.Awaiting(it => it.SeeAsync()).Should().ThrowAsync<DeploymentException>().WithMessage("*/nowhere/docker*");
    }

    [Test]
    public async Task Deploy_ThroughAContext_Works()
    {
        string folder = Directory.CreateTempSubdirectory("ctx").FullName;
        try
        {
            await Tool.SucceedsAsync(Command.Of("docker", "--config", folder, "context", "create", "there", "--docker", $"host={World.Daemon.DockerHost}"));
            await InstallAsync(On(DockerHost.Context("there") with { ConfigFolder = folder }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task InstallAsync(Rig rig)
    {
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Install(revision));
        (await GetAsync((await rig.SeeAsync()).Revisions[0].Addresses[0])).Should().Be("1.0.0");
        await rig.RunAsync(rig.Target.Remove(revision.Id));
    }

    private Rig On(DockerHost host) => Routed(new FakeRouter(), docker =>
    {
        docker.Hosts.Clear();
        docker.Hosts.Add(host);
    });

    /// <summary>Runs the tool as a user without rights.</summary>
    private sealed class OtherUser : ICommandRunner
    {
        private readonly CommandRunner _runner = new(TimeProvider.System);

        public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken) =>
            _runner.RunAsync(command with { Program = "setpriv", Arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", command.Program, .. command.Arguments] }, observer, cancellationToken);

        public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => _runner.EndAsync(process, grace, cancellationToken);
    }
}
