using System.Formats.Tar;
using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Commands;
using Deployment.Providers.Docker;
using Deployment.Providers.HAProxy;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Benchmarks.Workload;

/// <summary>
/// Containers of the tests' application behind HAProxy. It takes the Docker daemon that the docker tool speaks to (DOCKER_HOST, or the local one), and
/// needs gcc with the C library's static form.
/// </summary>
internal sealed class ContainerSite : IAsyncDisposable
{
    private const string Repository = "deployment-benchmark";
    private const string Application = "shop";

    private readonly CommandRunner _commands = new(TimeProvider.System);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly DockerTarget _target;
    private readonly ISplitTraffic _traffic;
    private readonly ChildServer _proxy;
    private readonly string _program;
    private readonly HashSet<int> _images = [];

    private ContainerSite(DockerTarget target, ISplitTraffic traffic, int port, ChildServer proxy, string program) => (_target, _traffic, Port, _proxy, _program) = (target, traffic, port, proxy, program);

    public int Port { get; }

    public static async Task<ContainerSite> StartAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        string program = Path.Combine(folder, "shop");
        await Programs.RunAsync("gcc", ["-std=gnu11", "-static", "-s", "-O2", "-pthread", "-o", program, .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "App"), "*.c")]);
        int port = Proxies.FreePort();
        HAProxyRouter router = HAProxyRouter.At($"unix:{folder}/admin.sock", options =>
        {
            options.Site = Application;
            options.Folder = folder;
            options.Bind = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
            options.AwaitOldWorker = false;
        });
        await router.WriteConfigurationAsync(CancellationToken.None);
        ChildServer proxy = await ChildServer.StartAsync("haproxy", port, "-db", "-f", $"{folder}/haproxy.cfg", "-f", $"{folder}/{Application}.cfg");
        DockerTarget target = DockerTarget.Behind(router, $"benchmark-{port}", docker =>
        {
            docker.Pull = ImagePull.Never;
            docker.HealthPath = "/health";
            docker.KeptRevisions = 1;
        });
        return new ContainerSite(target, target.Capability<ISplitTraffic>(new Observation { Target = target.Name })!, port, proxy, program);
    }

    /// <summary>The image of a version, on the host.</summary>
    public async Task<Revision> RevisionAsync(int version)
    {
        string image = string.Create(CultureInfo.InvariantCulture, $"{Repository}:{version}.0.0");
        if (_images.Add(version))
        {
            string file = Path.GetTempFileName();
            await WriteAsync(file, _program);
            await DockerAsync("import", "--change", "ENTRYPOINT [\"/bin/shop\"]", "--change", string.Create(CultureInfo.InvariantCulture, $"ENV VERSION={Text(version)}"), file, image);
            File.Delete(file);
        }

        return new Revision(IdOf(version), Release.Of(Application, IdOf(version).Version, await _target.PinAsync(Artifact.Image(image), CancellationToken.None)));
    }

    public async Task InstallAsync(int version) => await RunAsync(_target.Install(await RevisionAsync(version)));

    public Task RouteAsync(int version) => RunAsync(_traffic.Route(TrafficSplit.AllTo(IdOf(version))));

    public Task RemoveAsync(int version) => RunAsync(_target.Remove(IdOf(version)));

    /// <summary>As a script does it that looks once a second: make, start, look, wait a second.</summary>
    public async Task InstallByPollerAsync(int version)
    {
        Task install = InstallAsync(version);
        while (!await AnswersAsync(version))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
        }

        await install;
    }

    /// <summary>Returns when users are answered by a version.</summary>
    public async Task ServedAsync(int version)
    {
        string expected = Text(version);
        while (await _http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"))) != expected)
        {
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync(_target.Clear(IdOf(1)));
        foreach (int version in _images)
        {
            await DockerAsync("image", "rm", string.Create(CultureInfo.InvariantCulture, $"{Repository}:{version}.0.0"));
        }

        _proxy.Dispose();
        _http.Dispose();
    }

    private static RevisionId IdOf(int version) => new(Application, string.Create(CultureInfo.InvariantCulture, $"{version}.0.0"), 1);

    private static string Text(int version) => string.Create(CultureInfo.InvariantCulture, $"v{version}");

    private static async Task WriteAsync(string file, string program)
    {
        await using FileStream stream = File.Create(file);
        await using var archive = new TarWriter(stream);
        await archive.WriteEntryAsync(program, "bin/shop");
    }

    private async Task<bool> AnswersAsync(int version)
    {
        ObservedRevision? seen = (await _target.ObserveAsync(CancellationToken.None)).Revisions.FirstOrDefault(revision => revision.Id == IdOf(version));
        try
        {
            return seen is { Addresses: [{ } address, ..] } && (await _http.GetStringAsync(address)).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task DockerAsync(params string[] arguments)
    {
        Command command = Command.Of("docker", arguments);
        (await _commands.RunAsync(command, null, CancellationToken.None)).EnsureSuccess(command);
    }

    private async Task RunAsync(Operation operation)
    {
        Verb verb = _target.Verbs.Single(verb => verb.Name == operation.Verb);
        await verb.RunAsync(operation.Arguments, new EffectContext("benchmark", "step", 1, _commands, new EnvironmentSecretStore(), TimeProvider.System), CancellationToken.None);
    }
}
