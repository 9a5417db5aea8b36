using Deployment.Providers.Docker.Tests.Support;

namespace Deployment.Providers.Docker.Tests.Environments;

/// <summary>The environment of the other tests, proved by itself.</summary>
[Category("Docker")]
[Category("Soak")]
public sealed class DaemonTests
{
    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private DockerWorld _world = null!;
    private readonly List<string> _containers = [];

    [OneTimeSetUp]
    public async Task StartAsync() => _world = await DockerWorld.GetAsync();

    [TearDown]
    public async Task EndAsync()
    {
        foreach (string container in _containers)
        {
            await _world.Daemon.SucceedsAsync("rm", "--force", "--volumes", container);
        }

        _containers.Clear();
    }

    [Test]
    public async Task Image_PublishedOnLoopback_AnswersWithItsVersion()
    {
        string first = await AddressAsync(await RunAsync(await _world.Images.ShopAsync("1.0.0")));
        string second = await AddressAsync(await RunAsync(await _world.Images.ShopAsync("1.1.0")));

        (await GetAsync(first)).Should().Be("1.0.0");
        (await GetAsync(second)).Should().Be("1.1.0");
    }

    [Test]
    public async Task Application_AskedThings_Answers()
    {
        string container = await RunAsync(await _world.Images.ShopAsync("1.0.0"), "--env", "COLOUR=blue");
        string address = await AddressAsync(container);

        (await GetAsync(address + "env?name=COLOUR")).Should().Be("blue");
        (await GetAsync(address + "file?path=/etc/passwd")).Should().StartWith("root:");
        (await GetAsync(address + "slow?ms=30")).Should().Be("1.0.0");
        using HttpResponseMessage failed = await _http.GetAsync(new Uri(address + "fail?percent=100"));
        ((int)failed.StatusCode).Should().Be(500);
        using HttpResponseMessage health = await _http.GetAsync(new Uri(address + "health"));
        health.IsSuccessStatusCode.Should().BeTrue();
        Func<Task> crash = () => GetAsync(address + "crash");
        await crash.Should().ThrowAsync<HttpRequestException>();
        (await _world.Daemon.SucceedsAsync("wait", container)).Should().Be("1");
    }

    [Test]
    public async Task Application_StoppedWithARequestInFlight_AnswersItFirst()
    {
        string container = await RunAsync(await _world.Images.ShopAsync("1.0.0"));
        string address = await AddressAsync(container);
        Task<string> slow = GetAsync(address + "slow?ms=1500");
        await Until.TrueAsync(async () => (await _world.Daemon.SucceedsAsync("exec", container, "cat", "/proc/net/tcp")).Contains(" 01 ", StringComparison.Ordinal), "the request is under way");

        await _world.Daemon.SucceedsAsync("stop", container);

        (await slow).Should().Be("1.0.0");
        (await _world.Daemon.SucceedsAsync("inspect", "--format", "{{.State.ExitCode}}", container)).Should().Be("0");
        (await _world.Daemon.SucceedsAsync("logs", container)).Should().EndWith("shop 1.0.0 drains\nshop 1.0.0 ends");
    }

    [Test]
    public async Task Application_IgnoringTheSignal_IsKilled()
    {
        string container = await RunAsync(await _world.Images.ShopAsync("1.0.0"), "--env", "IGNORE_TERM=1");

        await _world.Daemon.SucceedsAsync("stop", "-t", "1", container);

        (await _world.Daemon.SucceedsAsync("inspect", "--format", "{{.State.ExitCode}}", container)).Should().Be("137");
    }

    [Test]
    public async Task Worker_Running_WritesLines()
    {
        string container = await RunAsync(await _world.Images.ShopAsync("1.0.0"), "--env", "WORKER=/tmp/ticks", "--env", "TICK_MS=10");

        await Until.TrueAsync(
            async () => (await _world.Daemon.RunAsync("exec", container, "cat", "/tmp/ticks")).Output.Contains("1.0.0 3\n", StringComparison.Ordinal), "it ticks");
        await _world.Daemon.SucceedsAsync("stop", container);

        (await _world.Daemon.SucceedsAsync("logs", container)).Should().Be("shop 1.0.0 works\nshop 1.0.0 ends");
    }

    [Test]
    public async Task Variants_Running_AreAsTheySay()
    {
        string healthy = await RunAsync(await _world.Images.WithHealthcheckAsync("1.0.0"));
        string sick = await RunAsync(await _world.Images.NeverHealthyAsync("1.0.0"));
        string gone = await RunAsync(await _world.Images.ExitsAtOnceAsync("1.0.0"));

        (await _world.Daemon.SucceedsAsync("wait", gone)).Should().Be("3");
        (await _world.Daemon.SucceedsAsync("logs", gone)).Split('\n').Should().HaveCount(500);
        await HealthAsync(healthy, "healthy");
        await HealthAsync(sick, "unhealthy");
    }

    [Test]
    public async Task Container_UnderLoad_AnswersThousandsASecond()
    {
        string address = await AddressAsync(await RunAsync(await _world.Images.ShopAsync("1.0.0")));
        await using Load load = await Load.StartAsync(address, new() { Users = 8, Pause = TimeSpan.Zero, RequestsOfConnection = 500 });
        long begin = TimeProvider.System.GetTimestamp();
        await load.MoreAsync(5000);
        TimeSpan took = TimeProvider.System.GetElapsedTime(begin);

        LoadReport report = await load.StopAsync();

        await TestContext.Out.WriteLineAsync($"5000 answers in {took.TotalMilliseconds:0} ms. {report}");
        report.Failures.Should().BeEmpty();
        report.Of("1.0.0").Should().BeGreaterThan(5000);
    }

    [Test]
    public async Task Load_OverAContainerThatIsReplaced_SeesFailures()
    {
        string image = await _world.Images.ShopAsync("1.0.0");
        string container = await RunAsync(image);
        await using Load load = await Load.StartAsync(await AddressAsync(container));

        await _world.Daemon.SucceedsAsync("restart", container);
        await load.MoreAsync(100);

        (await load.StopAsync()).Failures.Should().NotBeEmpty();
    }

    private async Task<string> RunAsync(string image, params string[] options)
    {
        string container = await _world.Daemon.SucceedsAsync(["run", "--detach", "--pull", "never", "--publish", "127.0.0.1::8080", .. options, image]);
        _containers.Add(container);
        return container;
    }

    private async Task<string> AddressAsync(string container)
    {
        string address = $"http://{await _world.Daemon.SucceedsAsync("port", container, "8080/tcp")}/";
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    return await GetAsync(address) is { Length: > 0 };
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            $"{address} answers");
        return address;
    }

    private static Task<string> GetAsync(string address) => _http.GetStringAsync(new Uri(address));

    private Task HealthAsync(string container, string health) => Until.TrueAsync(
        async () => await _world.Daemon.SucceedsAsync("inspect", "--format", "{{.State.Health.Status}}", container) == health, $"{container} is {health}");
}
