using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;

namespace Deployment.Providers.Docker.Tests.Environments;

/// <summary>Daemons beside the shared one: several, restarted, killed, behind TLS and ssh, with a small disk.</summary>
[Category("Docker")]
[Category("Soak")]
public sealed class DaemonLifeTests
{
    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    [Test]
    public async Task TwoDaemons_SideBySide_HaveContainersOfTheSameName()
    {
        await using DockerDaemon first = await DockerDaemon.StartAsync();
        await using DockerDaemon second = await DockerDaemon.StartAsync();

        string one = await ServeAsync(first, "1.0.0");
        string two = await ServeAsync(second, "2.0.0");

        await AnswersAsync(one, "1.0.0");
        await AnswersAsync(two, "2.0.0");
        await first.SucceedsAsync("rm", "--force", "web");
        await AnswersAsync(two, "2.0.0");
    }

    [Test]
    public async Task LiveRestore_DaemonRestarted_TheContainerGoesOn()
    {
        await using DockerDaemon daemon = await DockerDaemon.StartAsync(new() { LiveRestore = true });
        string address = await ServeAsync(daemon, "1.0.0");
        await AnswersAsync(address, "1.0.0");
        string before = await ProcessAsync(daemon);
        string direct = $"http://{await daemon.SucceedsAsync("inspect", "--format", "{{.NetworkSettings.IPAddress}}", "web")}:8080/";
        await using Load load = await Load.StartAsync(direct);

        await daemon.StopAsync();
        await load.MoreAsync(100);
        Func<Task> published = () => _http.GetStringAsync(new Uri(address));
        await published.Should().ThrowAsync<HttpRequestException>("docker-proxy goes with its daemon");
        await daemon.StartAgainAsync();
        await load.MoreAsync(100);

        (await load.StopAsync()).Failures.Should().BeEmpty();
        (await ProcessAsync(daemon)).Should().Be(before);
        await AnswersAsync(address, "1.0.0");
    }

    [Test]
    public async Task LiveRestore_DaemonKilled_TheContainerGoesOn()
    {
        await using DockerDaemon daemon = await DockerDaemon.StartAsync(new() { LiveRestore = true });
        string address = await ServeAsync(daemon, "1.0.0");
        await AnswersAsync(address, "1.0.0");
        string before = await ProcessAsync(daemon);

        await daemon.KillAsync();
        (await daemon.RunAsync("ps")).Error.Should().StartWith("Cannot connect to the Docker daemon at unix://");
        await daemon.StartAgainAsync();

        (await ProcessAsync(daemon)).Should().Be(before);
        await TestContext.Out.WriteLineAsync(await daemon.SucceedsAsync("ps", "--all"));
    }

    [Test]
    public async Task WithoutLiveRestore_DaemonRestarted_TheContainerIsStopped()
    {
        await using DockerDaemon daemon = await DockerDaemon.StartAsync();
        await ServeAsync(daemon, "1.0.0");

        await daemon.RestartAsync();

        (await daemon.SucceedsAsync("inspect", "--format", "{{.State.Status}}", "web")).Should().Be("exited");
    }

    [Test]
    public async Task Tls_ClientWithAndWithoutACertificate_IsLetInOrRefused()
    {
        await using DockerDaemon daemon = await DockerDaemon.StartAsync(new() { Tls = true });

        CommandResult known = await VersionAsync(daemon.Certificates!.ClientFolder);
        CommandResult stranger = await VersionAsync(daemon.Certificates.StrangerFolder);
        CommandResult plain = await Tool.RunAsync(Command.Of("docker", "--host", daemon.TlsHost, "version"));

        known.ExitCode.Should().Be(0, known.Error);
        stranger.ExitCode.Should().Be(1);
        plain.ExitCode.Should().Be(1);
        await TestContext.Out.WriteLineAsync($"{stranger.Error}\n{plain.Error}");

        Task<CommandResult> VersionAsync(string folder) => Tool.RunAsync(Command.Of("docker", "--host", daemon.TlsHost, "--tlsverify", "version") with
        {
            Environment = new Dictionary<string, string> { ["DOCKER_CERT_PATH"] = folder },
        });
    }

    [Test]
    public async Task Ssh_ClientWithAndWithoutAKey_ReachesTheDaemonOrNot()
    {
        DockerWorld world = await DockerWorld.GetAsync();
        await using SshServer ssh = await SshServer.StartAsync(world.Daemon);

        CommandResult known = await AskAsync(ssh.Environment, "info", "--format", "{{.DockerRootDir}}");
        CommandResult stranger = await AskAsync(ssh.StrangerEnvironment, "ps");
        CommandResult unknown = await AskAsync(ssh.UnknownHostEnvironment, "ps");

        known.ExitCode.Should().Be(0, "{0} {1}", known.Error, ssh.Log);
        known.Output.Trim().Should().Be(world.Daemon.Data, "that daemon answers, and no other");
        stranger.Error.Should().Contain("Permission denied (publickey)");
        unknown.Error.Should().Contain("Host key verification failed");

        Task<CommandResult> AskAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
            Tool.RunAsync(Command.Of("docker", ["--host", ssh.DockerHost, .. arguments]) with { Environment = environment });
    }

    [Test]
    public async Task SmallDisk_ImageThatDoesNotFit_IsRefused()
    {
        DockerWorld world = await DockerWorld.GetAsync();
        (string tag, _) = await world.Images.PushAsync(await world.Images.BigAsync("2", 30_000_000), world.Registry);
        await using DockerDaemon daemon = await DockerDaemon.StartAsync(new() { DiskSize = 20 });

        CommandResult pull = await daemon.RunAsync("pull", tag);

        pull.ExitCode.Should().Be(1);
        pull.Error.Should().Contain("no space left on device");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Daemon_Disposed_LeavesNothing(bool killed)
    {
        DockerDaemon daemon = await DockerDaemon.StartAsync(new() { LiveRestore = true });
        await ServeAsync(daemon, "1.0.0");
        string name = Path.GetFileName(daemon.Folder);
        int process = int.Parse(await ProcessAsync(daemon), System.Globalization.CultureInfo.InvariantCulture);
        string bridge = await daemon.SucceedsAsync("network", "inspect", "bridge", "--format", "{{index .Options \"com.docker.network.bridge.name\"}}");
        (await Tool.SucceedsAsync("ip", "link")).Should().Contain(bridge);

        if (killed)
        {
            await daemon.KillAsync();
        }

        await daemon.DisposeAsync();

        Directory.Exists($"/proc/{process}").Should().BeFalse();
        Directory.Exists(daemon.Folder).Should().BeFalse();
        (await Tool.SucceedsAsync("ip", "link")).Should().NotContain(bridge);
        (await File.ReadAllTextAsync("/proc/self/mountinfo")).Should().NotContain(daemon.Folder);
        Directory.GetDirectories("/sys/fs/cgroup").SelectMany(Directory.GetDirectories).Select(Path.GetFileName).Should().NotContain(name);

        (await Tool.SucceedsAsync("ps", "-e", "-o", "args")).Should().NotContain(daemon.Folder);
    }

    private static async Task<string> ServeAsync(DockerDaemon daemon, string version)
    {
        string image = await (await TestImages.CreateAsync(daemon)).ShopAsync(version);
        await daemon.SucceedsAsync("run", "--detach", "--pull", "never", "--name", "web", "--publish", "127.0.0.1::8080", image);
        return $"http://{await daemon.SucceedsAsync("port", "web", "8080/tcp")}/";
    }

    private static Task<string> ProcessAsync(DockerDaemon daemon) => daemon.SucceedsAsync("inspect", "--format", "{{.State.Pid}}", "web");

    private static Task AnswersAsync(string address, string version) => Until.TrueAsync(
        async () =>
        {
            try
            {
                return await _http.GetStringAsync(new Uri(address)) == version;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        $"{address} answers {version}");
}
