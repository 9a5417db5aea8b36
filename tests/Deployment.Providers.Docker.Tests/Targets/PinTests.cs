using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>Planning has an image at hand on all hosts of all targets, and tells all that can't have it.</summary>
public sealed class PinTests : DockerTest
{
    private static readonly string Id = new('1', 64);

    [Test]
    public async Task Plan_HostsOfTargetsThatCantHaveTheImage_AreAllToldWithTheirOwnReasons()
    {
        DeploymentPipeline pipeline = Pipeline(
            Target("a", new CommandRunner(TimeProvider.System), Host, DockerHost.At("tcp://127.0.0.1:1")),
            Target("b", new CommandRunner(TimeProvider.System), DockerHost.At("unix:///run/none.sock"))).Build();
        Release release = Release.Of("shop", "1.0.0", Artifact.Image($"{World.Registry.Address}/nowhere:1"));
        string message = (await pipeline.Awaiting(it => it.PlanAsync(release)).Should().ThrowAsync<DeploymentException>()).Which.Message;
        string[] failures = [.. message.Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal))];
        failures.Should().HaveCount(3, message);
        failures[0].Should().StartWith($"- a: {Host.Name}: The registry has no such image.");
        failures[1].Should().StartWith("- a: tcp://127.0.0.1:1: The Docker daemon of tcp://127.0.0.1:1 can't be reached.");
        failures[2].Should().StartWith("- b: The Docker daemon of unix:///run/none.sock can't be reached.");
    }

    [Test]
    public async Task Pin_SixHosts_PullsOnFourAtATime()
    {
        var commands = new Pulls(atOnce: 4);
        DockerTarget target = Target("a", commands, [.. Enumerable.Range(1, 6).Select(number => DockerHost.At($"unix:///run/{number}.sock"))]);
        await target.PinAsync(Artifact.Image("r.example.com/shop:1"), CancellationToken.None);
        commands.Most.Should().Be(4);
        commands.Count.Should().Be(6);
    }

    [Test]
    public async Task Plan_TwoTargets_PullSideBySide()
    {
        var commands = new Pulls(atOnce: 2);
        DeploymentPipeline pipeline = Pipeline(Target("a", commands, DockerHost.At("unix:///run/1.sock")), Target("b", commands, DockerHost.At("unix:///run/2.sock"))).UseCommands(commands).Build();
        await pipeline.PlanAsync(Release.Of("shop", "1.0.0", Artifact.Image("r.example.com/shop:1")));
        commands.Most.Should().Be(2);
    }

    [Test]
    public async Task Pin_TagThatMovedBetweenTwoHosts_IsTheFirstOnesDigestOnBoth()
    {
        string first = new('a', 64);
        string later = new('b', 64);
        var commands = new RecordingCommandRunner();
        commands.When(_ => true).Returns();
        commands.When(command => Is(command, "unix:///run/1.sock", "image")).Returns(Inspected(first));
        commands.When(command => Is(command, "unix:///run/2.sock", "image")).Returns(Inspected(later));
        commands.When(command => Is(command, "unix:///run/2.sock", "image") && command.Arguments[^1].Contains('@', StringComparison.Ordinal)).Returns("", 1, "Error: No such image: x");
        commands.When(command => Is(command, "unix:///run/2.sock", "image") && command.Arguments[^1].StartsWith("sha256:", StringComparison.Ordinal)).Returns("", 1, "Error: No such image: x");
        DockerTarget target = Target("a", commands, DockerHost.At("unix:///run/1.sock"), DockerHost.At("unix:///run/2.sock"));
        (await target.PinAsync(Artifact.Image("r.example.com/shop:1"), CancellationToken.None)).Sha256.Should().Be(first);
        commands.Commands.Where(command => Is(command, "unix:///run/2.sock", "pull")).Select(command => command.Arguments[^1]).Should().Equal("r.example.com/shop:1", $"r.example.com/shop@sha256:{first}");
    }

    private static bool Is(Command command, string host, string verb) => command.Arguments[1] == host && command.Arguments[2] == verb;

    private static string Inspected(string digest) => $"""["sha256:{Id}",["r.example.com/shop@sha256:{digest}"]]""" + "\n";

    private static DeploymentPipelineBuilder Pipeline(params DockerTarget[] targets)
    {
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").UseStore(new InMemoryDeploymentStore()).UseBlueGreen();
        foreach (DockerTarget target in targets)
        {
            pipeline.DeployTo(target);
        }

        return pipeline;
    }

    private static DockerTarget Target(string name, ICommandRunner commands, params DockerHost[] hosts)
    {
        DockerTarget target = DockerTarget.Behind(new FakeRouter(), name, docker =>
        {
            foreach (DockerHost host in hosts)
            {
                docker.Hosts.Add(host);
            }
        });
        ((IAskByCommand)target).Commands = commands;
        return target;
    }

    /// <summary>Answers as daemons do, and has a pull wait until as many as may be are under way.</summary>
    private sealed class Pulls(int atOnce) : ICommandRunner
    {
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private int _underWay;

        public int Most { get; private set; }

        public int Count { get; private set; }

        public async Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
        {
            if (command.Arguments[2] == "image")
            {
                observer?.Line?.Invoke(Inspected(Id).TrimEnd());
            }
            else if (command.Arguments[2] == "pull")
            {
                await PullAsync();
            }

            return new CommandResult(0, "", "", TimeSpan.Zero);
        }

        public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => Task.CompletedTask;

        private async Task PullAsync()
        {
            lock (_gate)
            {
                Count++;
                Most = Math.Max(Most, ++_underWay);
                if (_underWay == atOnce)
                {
                    _full.TrySetResult();
                }
            }

            await _full.Task.WaitAsync(TimeSpan.FromSeconds(30));
            lock (_gate)
            {
                _underWay--;
            }
        }
    }
}
