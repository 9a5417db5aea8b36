using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Providers.Docker.Containers;
using Deployment.Providers.Docker.Images;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>What a deployer that died left half done, what Docker is busy with, and what it refuses.</summary>
public sealed class HalfMadeTests : DockerTest
{
    private static readonly string Id = new('a', 64);

    [Test]
    public async Task Install_ContainerThatMissesANetwork_IsConnected()
    {
        string[] networks = [Name + "-front", Name + "-back"];
        try
        {
            foreach (string network in networks)
            {
                await World.Daemon.SucceedsAsync("network", "create", network);
            }

            Rig rig = Workers(docker => Connect(docker, networks));
            Revision revision = await rig.RevisionAsync("jobs", "1.0.0", await World.Images.ShopAsync("1.0.0"), release => release.WithSetting("WORKER", "/work.txt"));
            rig.Commands = new FailsAt("connect");
            await rig.Awaiting(it => it.RunAsync(it.Target.Update(revision))).Should().ThrowAsync<DeploymentException>().WithMessage("It died.");
            string id = await InspectAsync("{{.Id}}", Container("jobs_1.0.0_1"));

            Rig next = Workers(docker => Connect(docker, networks));
            await next.RunAsync(next.Target.Update(revision));

            (await InspectAsync("{{.Id}}", Container("jobs_1.0.0_1"))).Should().Be(id, "what was made is taken");
            (await InspectAsync("{{json .NetworkSettings.Networks}}", Container("jobs_1.0.0_1"))).Should().Contain(networks[0]).And.Contain(networks[1]);
            await next.RunAsync(next.Target.Clear(revision.Id));
        }
        finally
        {
            await World.Daemon.RunAsync(["network", "rm", .. networks]);
        }
    }

    [Test]
    public async Task Update_PublishedPortThatIsBusy_IsToldWithoutMakingTheContainerAgain()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        Rig rig = Publishing(((System.Net.IPEndPoint)taken.LocalEndpoint).Port);
        var commands = new FailsAt("nothing");
        rig.Commands = commands;
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await World.Images.ShopAsync("1.0.0"));
        await rig.Awaiting(it => it.RunAsync(it.Target.Update(revision))).Should().ThrowAsync<DeploymentException>().WithMessage("A port is in use on*Stop what listens there*");
        commands.Count("create").Should().Be(1);
    }

    [TestCase("removing")]
    [TestCase("dead")]
    public async Task Create_ContainerThatDockerIsRemoving_IsMadeAnew(string status)
    {
        var spec = new ContainerSpec { Image = "r/shop:1", Sha256 = Id };
        var wanted = new ContainerCreation { Target = "web", Revision = RevisionId.Parse("shop_1.0.0_1"), Slot = "1", Host = DockerHost.Local, Spec = spec };
        string Seen(string now) => $"""["{Id}","/web.shop_1.0.0_1.1","web","shop_1.0.0_1","1","","1","{ContainerCreation.HashOf(spec)}","r/shop@sha256:{Id}","sha256:{Id}","{now}",0,"no","",0,"0001-01-01T00:00:00Z","r/shop:1",null]""" + "\n";
        var commands = new RecordingCommandRunner();
        commands.When("docker", "container", "inspect").Returns(Seen(status), 1, "Error: No such container: x").Returns(Seen("created"), 1, "Error: No such container: x");
        commands.When("docker", "rm").Returns("", 1, "Error response from daemon: removal of container x is already in progress");
        commands.When("docker", "create").Returns(Id + "\n");
        await new ContainerStart(Cli(commands), 1, new Dictionary<string, Secrets.Secret>()).CreateAsync(wanted, "r/shop", null, CancellationToken.None);
        commands.Commands.Select(command => command.Arguments[0]).Should().Equal("container", "rm", "create", "container");
    }

    [Test]
    public async Task Remove_ImageThatDockerKeeps_IsToldAndTheOthersGo()
    {
        var commands = new RecordingCommandRunner();
        commands.When("docker", "ps").Returns();
        commands.When("docker", "image", "inspect").Returns("", 1, "Error: No such image: x");
        commands.When("docker", "image", "rm").Returns("", 1, "Error response from daemon: conflict: unable to remove repository reference (must force)").Returns("", 1, "Error: No such image: y").Returns();
        List<string> told = [];
        await new ImageRemoval(Cli(commands), told.Add).RemoveAsync([Gone("a"), Gone("b"), Gone("c")], CancellationToken.None);
        told.Should().ContainSingle().Which.Should().Match("The image r/a@sha256:* stays on the local daemon: *must force*");
        commands.Commands.Where(command => command.Arguments[1] == "rm").Select(command => command.Arguments[2][..3]).Should().Equal("r/a", "r/b", "r/c");
    }

    private static Container Gone(string name) => new()
    {
        Host = DockerHost.Local,
        Id = Id,
        Name = "x",
        Target = "web",
        Revision = RevisionId.Parse("shop_1.0.0_1"),
        Slot = "1",
        Port = null,
        Epoch = 1,
        Spec = "",
        Image = $"r/{name}@sha256:{Id}",
        ImageId = $"sha256:{Id}",
        Tag = $"r/{name}:1",
        Status = "exited",
        ExitCode = 0,
        Restart = "no",
        Health = "",
        Restarts = 0,
        Ended = default,
        HasServed = true,
    };

    private static DockerCli Cli(ICommandRunner commands) => new(DockerHost.Local, "docker", commands, TimeSpan.Zero, TimeProvider.System);

    private static void Connect(DockerTargetOptions docker, string[] networks)
    {
        foreach (string network in networks)
        {
            docker.Networks.Add(network);
        }
    }

    /// <summary>Runs commands, and fails instead of one that has a word.</summary>
    private sealed class FailsAt(string word) : ICommandRunner
    {
        private readonly CommandRunner _runner = new(TimeProvider.System);
        private readonly System.Collections.Concurrent.ConcurrentQueue<Command> _commands = new();

        public int Count(string verb) => _commands.Count(command => command.Arguments.Contains(verb));

        public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
        {
            _commands.Enqueue(command);
            return command.Arguments.Contains(word) ? throw new DeploymentException("It died.") : _runner.RunAsync(command, observer, cancellationToken);
        }

        public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => _runner.EndAsync(process, grace, cancellationToken);
    }
}
