using Deployment.Providers.Docker.Tests.Support;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>A test on the shared daemon, with an application of its own that is cleaned up afterwards.</summary>
[Category("Docker")]
public abstract class DockerTest
{
    private static int _count;

    private readonly List<string> _targets = [];

    private protected DockerWorld World { get; private set; } = null!;

    private protected DockerHost Host { get; private set; } = null!;

    /// <summary>A name that no other test has.</summary>
    private protected string Name { get; private set; } = "";

    private protected static HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    [OneTimeSetUp]
    public async Task BeginAsync() => World = await DockerWorld.GetAsync();

    [SetUp]
    public void Begin()
    {
        Host = DockerHost.At(World.Daemon.DockerHost);
        Name = $"t{Interlocked.Increment(ref _count)}";
        _targets.Add(Name);
    }

    [TearDown]
    public async Task EndAsync()
    {
        foreach (string target in _targets)
        {
            string ids = await World.Daemon.SucceedsAsync("ps", "--all", "--quiet", "--filter", $"label=deployment.target={target}");
            if (ids.Length > 0)
            {
                await World.Daemon.SucceedsAsync(["rm", "--force", "--volumes", .. ids.Split('\n')]);
            }
        }

        _targets.Clear();
    }

    private protected Rig Routed(FakeRouter router, Action<DockerTargetOptions>? configure = null) => new(DockerTarget.Behind(router, Name, options => Set(options, configure)));

    private protected Rig Publishing(int port, Action<DockerTargetOptions>? configure = null) => new(DockerTarget.Publishing(port, Name, options => Set(options, configure)));

    private protected Rig Workers(Action<DockerTargetOptions>? configure = null) => new(DockerTarget.Workers(Name, options => Set(options, configure)));

    private protected static Task<string> GetAsync(Uri address, string path = "/") => Http.GetStringAsync(new Uri(address, path));

    private protected Task<string> InspectAsync(string format, string container) => World.Daemon.SucceedsAsync("inspect", "--format", format, container);

    private protected string Container(string revision, string slot = "1") => $"{Name}.{revision}.{slot}";

    private void Set(DockerTargetOptions options, Action<DockerTargetOptions>? configure)
    {
        options.Hosts.Add(Host);
        options.Pull = ImagePull.Never;
        options.StopGrace = TimeSpan.FromSeconds(2);
        int first = FreePort.Next();
        options.FirstPort = Math.Min(first, 60000);
        options.LastPort = options.FirstPort + 200;
        configure?.Invoke(options);
        if (options.Hosts.Count > 1 && options.Hosts[0] == Host && options.Hosts.Skip(1).Contains(Host))
        {
            options.Hosts.RemoveAt(0);
        }
    }
}
