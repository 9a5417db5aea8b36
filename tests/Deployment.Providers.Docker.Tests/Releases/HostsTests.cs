using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Providers.Docker.Tests.Targets;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Targets;
using Deployment.Waves;

namespace Deployment.Providers.Docker.Tests.Releases;

/// <summary>Two hosts, which are two daemons: as one target, as waves, and in each way that Docker reaches one.</summary>
[Category("HAProxy")]
public sealed class HostsTests : DockerTest
{
    private DockerDaemon _second = null!;
    private TestImages _images = null!;

    [OneTimeSetUp]
    public async Task StartSecondAsync()
    {
        _second = await DockerDaemon.StartAsync(new DockerDaemonOptions { Tls = true });
        _images = await TestImages.CreateAsync(_second);
    }

    [OneTimeTearDown]
    public async Task EndSecondAsync()
    {
        if (_second is not null)
        {
            await _second.DisposeAsync();
        }
    }

    [Test]
    public async Task Deploy_OneTargetOnTwoHosts_SpreadsItsInstancesAndLosesNoRequest()
    {
        await using RoutedSite site = await RoutedSite.StartAsync();
        await using DockerRegistry registry = await DockerRegistry.StartAsync();
        DockerTarget target = DockerTarget.Behind(site.Router, Name, docker =>
        {
            Both(docker);
            docker.Pull = ImagePull.Always;
            docker.Instances = 3;
        });
        DeploymentPipeline pipeline = Pipeline(target, null).UseRolling(_ => { }).Build();
        await DeployAsync(pipeline, "1.0.0", await PushedAsync("1.0.0", registry));
        await using Load load = await Load.StartAsync(site.Address);
        await DeployAsync(pipeline, "1.1.0", await PushedAsync("1.1.0", registry));
        LoadReport report = await load.StopAsync();
        report.Failures.Should().BeEmpty();
        (await RunningAsync(World.Daemon)).Should().BeEquivalentTo(Container("shop_1.1.0_1", "1"), Container("shop_1.1.0_1", "3"));
        (await RunningAsync(_second)).Should().BeEquivalentTo(Container("shop_1.1.0_1", "2"));
    }

    [Test]
    public async Task Deploy_TwoHostsAsWaves_GoesFromOneToTheOther()
    {
        await using RoutedSite first = await RoutedSite.StartAsync();
        await using RoutedSite second = await RoutedSite.StartAsync();
        DeploymentPipeline pipeline = Waves(first, second);
        await DeployAsync(pipeline, "1.0.0", await ImageAsync("1.0.0"));
        await using Load one = await Load.StartAsync(first.Address);
        await using Load other = await Load.StartAsync(second.Address);
        await DeployAsync(pipeline, "1.1.0", await ImageAsync("1.1.0"));
        await one.MoreAsync(50);
        await other.MoreAsync(50);
        foreach (LoadReport report in new[] { await one.StopAsync(), await other.StopAsync() })
        {
            report.Failures.Should().BeEmpty();
            report.Of("1.1.0").Should().BePositive();
        }
    }

    [Test]
    public async Task Deploy_SecondHostFailsInTheMiddle_IsItsWavesFailureAndEverythingIsAsBefore()
    {
        await using RoutedSite first = await RoutedSite.StartAsync();
        await using RoutedSite second = await RoutedSite.StartAsync();
        string image = await ImageAsync("1.2.0");
        var onceBegun = new OnceBegun(Name + "-b", () => _second.SucceedsAsync("image", "rm", image).GetAwaiter().GetResult());
        DeploymentPipeline pipeline = Waves(first, second, onceBegun);
        await DeployAsync(pipeline, "1.0.0", await ImageAsync("1.0.0"));
        onceBegun.IsArmed = true;
        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", "1.2.0", Artifact.Image(image)), CancellationToken.None);
        onceBegun.IsArmed.Should().BeFalse();
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        result.Reason.Should().Contain("has no image");
        foreach (RoutedSite site in new[] { first, second })
        {
            (await GetAsync(new Uri(site.Address))).Should().Be("1.0.0");
        }
    }

    [Test]
    public async Task Deploy_OverSsh_Works()
    {
        await using SshServer ssh = await SshServer.StartAsync(_second);
        Rig rig = On(DockerHost.At(ssh.DockerHost), new WithEnvironment(ssh.Environment));
        await InstallAsync(rig);
        Rig stranger = On(DockerHost.At(ssh.DockerHost), new WithEnvironment(ssh.StrangerEnvironment));
        await stranger.Awaiting(it => it.SeeAsync()).Should().ThrowAsync<DeploymentException>().WithMessage("*can't be reached*Permission denied*");
    }

    [Test]
    public async Task Deploy_OverTls_Works()
    {
        await InstallAsync(On(DockerHost.At(_second.TlsHost) with { TlsFolder = _second.Certificates!.ClientFolder }, new CommandRunner(TimeProvider.System)));
        Rig stranger = On(DockerHost.At(_second.TlsHost) with { TlsFolder = _second.Certificates!.StrangerFolder }, new CommandRunner(TimeProvider.System));
        await stranger.Awaiting(it => it.SeeAsync()).Should().ThrowAsync<DeploymentException>();
    }

    private async Task InstallAsync(Rig rig)
    {
        Revision revision = await rig.RevisionAsync("shop", "1.0.0", await _images.ShopAsync("1.0.0"));
        await rig.RunAsync(rig.Target.Install(revision));
        (await GetAsync((await rig.SeeAsync()).Revisions[0].Addresses[0])).Should().Be("1.0.0");
        await rig.RunAsync(rig.Target.Clear(revision.Id));
    }

    private Rig On(DockerHost host, ICommandRunner commands)
    {
        Rig rig = Routed(new FakeRouter(), docker =>
        {
            docker.Hosts.Clear();
            docker.Hosts.Add(host);
        });
        rig.Commands = commands;
        ((IAskByCommand)rig.Target).Commands = commands;
        return rig;
    }

    private DeploymentPipeline Waves(RoutedSite first, RoutedSite second, IProgress<JournalEntry>? progress = null)
    {
        DeploymentPipelineBuilder pipeline = Pipeline(Single(first, Name + "-a", Host), Single(second, Name + "-b", DockerHost.At(_second.DockerHost)))
            .InWaves(waves => waves.Waves = [Wave.Next(1), Wave.Rest()]);
        if (progress is not null)
        {
            pipeline.ReportTo(progress);
        }

        return pipeline.UseBlueGreen(blueGreen =>
        {
            blueGreen.RollbackWindow = TimeSpan.Zero;
            blueGreen.Retry = new RetryPolicy { Attempts = 1 };
        }).Build();
    }

    private static DockerTarget Single(RoutedSite site, string name, DockerHost host) => DockerTarget.Behind(site.Router, name, docker =>
    {
        docker.Hosts.Add(host);
        docker.Pull = ImagePull.Never;
        docker.HealthPath = "/health";
        docker.FirstPort = 23000;
        docker.LastPort = 23999;
    });

    private void Both(DockerTargetOptions docker)
    {
        docker.Hosts.Add(Host);
        docker.Hosts.Add(DockerHost.At(_second.DockerHost));
        docker.HealthPath = "/health";
        docker.FirstPort = 24000;
        docker.LastPort = 24999;
    }

    private static DeploymentPipelineBuilder Pipeline(DockerTarget target, DockerTarget? second)
    {
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").UseStore(new InMemoryDeploymentStore()).DeployTo(target);
        return second is null ? pipeline : pipeline.DeployTo(second);
    }

    private static async Task DeployAsync(DeploymentPipeline pipeline, string version, string image)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", version, Artifact.Image(image)), deadline.Token);
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
        await pipeline.CompleteAsync(deadline.Token);
    }

    /// <summary>The same image, by its id, on both hosts: the second one loads what the first one saved.</summary>
    private async Task<string> ImageAsync(string version)
    {
        string image = await World.Images.ShopAsync(version, Name);
        string file = Path.GetTempFileName();
        await World.Daemon.SucceedsAsync("save", "--output", file, image);
        await _second.SucceedsAsync("load", "--input", file);
        File.Delete(file);
        return image;
    }

    /// <summary>An image of a registry that both hosts reach.</summary>
    private async Task<string> PushedAsync(string version, DockerRegistry registry) => (await World.Images.PushAsync(await World.Images.ShopAsync(version, Name), registry)).Tag;

    private async Task<string[]> RunningAsync(DockerDaemon daemon) =>
        (await daemon.SucceedsAsync("ps", "--format", "{{.Names}}", "--filter", $"label=deployment.target={Name}")).Split('\n');

    [TearDown]
    public async Task RemoveAsync()
    {
        foreach (DockerDaemon daemon in new[] { World.Daemon, _second })
        {
            foreach (string target in new[] { Name, Name + "-a", Name + "-b" })
            {
                string ids = await daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={target}");
                if (ids.Length > 0)
                {
                    await daemon.SucceedsAsync(["rm", "--force", "--volumes", .. ids.Split('\n')]);
                }
            }
        }
    }

    /// <summary>Does something when the first step of a target begins.</summary>
    private sealed class OnceBegun(string target, Action action) : IProgress<JournalEntry>
    {
        public bool IsArmed { get; set; }

        public void Report(JournalEntry value)
        {
            if (IsArmed && value.Step?.Contains(target, StringComparison.Ordinal) == true)
            {
                IsArmed = false;
                action();
            }
        }
    }

    /// <summary>Runs commands with more in their environment.</summary>
    private sealed class WithEnvironment(IReadOnlyDictionary<string, string> environment) : ICommandRunner
    {
        private readonly CommandRunner _runner = new(TimeProvider.System);

        public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken) =>
            _runner.RunAsync(command with { Environment = new Dictionary<string, string>(command.Environment.Concat(environment)) }, observer, cancellationToken);

        public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => _runner.EndAsync(process, grace, cancellationToken);
    }
}
