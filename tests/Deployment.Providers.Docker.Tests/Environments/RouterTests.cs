using System.Globalization;
using Deployment.Providers.Docker.Tests.Support;

namespace Deployment.Providers.Docker.Tests.Environments;

/// <summary>A real HAProxy in front of containers, under load.</summary>
[Category("Docker")]
[Category("Soak")]
public sealed class RouterTests
{
    private readonly string[] _containers = ["router-old", "router-new"];
    private DockerWorld _world = null!;
    private string _file = "";
    private int _port;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _world = await DockerWorld.GetAsync();
        _file = Path.GetTempFileName();
        _port = FreePort.Next();
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (_world is not null)
        {
            await _world.Daemon.SucceedsAsync(["rm", "--force", .. _containers]);
            File.Delete(_file);
        }
    }

    [Test]
    public async Task Reload_ToTheNewContainerUnderLoad_LosesNoRequest_ButEndingTheOldOneFirstDoes()
    {
        int old = await ServeAsync(_containers[0], "1.0.0");
        int next = await ServeAsync(_containers[1], "2.0.0");
        await WriteAsync(old);
        await using RealHAProxy router = await RealHAProxy.StartAsync(_file);
        await using Load load = await Load.StartAsync($"http://127.0.0.1:{_port}/");

        await WriteAsync(next);
        await router.ReloadAsync();
        await Until.TrueAsync(() => load.Report.Of("2.0.0") > 100, "the new version answers");
        LoadReport switched = load.Report;
        await _world.Daemon.SucceedsAsync("stop", _containers[1]);
        await Until.TrueAsync(() => load.Report.Failures.Count > 0, "requests are lost");
        LoadReport lost = await load.StopAsync();

        await TestContext.Out.WriteLineAsync($"{switched}\n{lost}");
        switched.Failures.Should().BeEmpty();
        switched.Of("1.0.0").Should().BePositive();
        lost.Failures.Should().ContainKey("? 502", "the same load sees what is lost");
    }

    [Test]
    public async Task Reload_WrongFile_TheOldOneGoesOn()
    {
        await WriteAsync(1);
        await using RealHAProxy router = await RealHAProxy.StartAsync(_file);
        await File.AppendAllTextAsync(_file, "\nnonsense here\n");

        Func<Task> reload = router.ReloadAsync;

        await reload.Should().ThrowAsync<InvalidOperationException>().WithMessage("HAProxy's files are wrong*nonsense*");
        Directory.Exists($"/proc/{router.ProcessId}").Should().BeTrue();
    }

    private async Task<int> ServeAsync(string name, string version)
    {
        string image = await _world.Images.ShopAsync(version, "routed");
        await _world.Daemon.SucceedsAsync("run", "--detach", "--pull", "never", "--name", name, "--publish", "127.0.0.1::8080", image);
        int port = int.Parse((await _world.Daemon.SucceedsAsync("port", name, "8080/tcp")).Split(':')[1], CultureInfo.InvariantCulture);
        await Until.TrueAsync(() => AnswersAsync(port), $"{version} answers");
        return port;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var http = new HttpClient();
        try
        {
            return (await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"))).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task WriteAsync(int server) => File.WriteAllTextAsync(_file, $"""
        global
          log stderr format raw local0 notice
        defaults
          mode http
          option idle-close-on-response
          timeout connect 5s
          timeout client 30s
          timeout server 30s
        frontend web
          bind 127.0.0.1:{_port}
          default_backend shop
        backend shop
          server one 127.0.0.1:{server}

        """);
}
