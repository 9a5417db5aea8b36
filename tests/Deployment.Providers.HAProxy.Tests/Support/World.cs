using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Commands;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>A site of a test's own on a real HAProxy, with instances behind it.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly List<Instance> _instances = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 64, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Action<HAProxyOptions>? _configure;
    private RealHAProxy? _proxy;

    private World(Action<HAProxyOptions>? configure)
    {
        _configure = configure;
        Folder = Directory.CreateTempSubdirectory("haproxy-").FullName;
        int[] ports = Ports.Free(2);
        (Port, PreviewPort) = (ports[0], ports[1]);
        Router = Another();
    }

    public string Folder { get; }

    public int Port { get; }

    public int PreviewPort { get; }

    public string Socket => Path.Combine(Folder, "admin.sock");

    public HAProxyRouter Router { get; private set; }

    public RealHAProxy Proxy => _proxy!;

    public ConcurrentQueue<string> Reports { get; } = [];

    public static async Task<World> StartAsync(Action<HAProxyOptions>? configure = null)
    {
        Deployment.Tests.RealComponent.Require("haproxy");
        var world = new World(configure);
        await world.Router.WriteConfigurationAsync(CancellationToken.None);
        world._proxy = await RealHAProxy.StartAsync(world.Socket, Path.Combine(world.Folder, "haproxy.cfg"), Path.Combine(world.Folder, "shop.cfg"));
        return world;
    }

    /// <summary>Another router of the same site, as another deployer has it.</summary>
    public HAProxyRouter Another(Action<HAProxyOptions>? configure = null) => HAProxyRouter.At("unix:" + Socket, options =>
    {
        Configure(options);
        configure?.Invoke(options);
    });

    /// <summary>Says what this site is.</summary>
    public void Configure(HAProxyOptions options)
    {
        options.Site = "shop";
        options.Folder = Folder;
        options.Bind = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");
        options.PreviewBind = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PreviewPort}");
        options.DrainDeadline = TimeSpan.FromSeconds(20);
        // Every HAProxy of a test is young.
        options.AwaitOldWorker = false;
        _configure?.Invoke(options);
    }

    public void Use(HAProxyRouter router) => Router = router;

    public static RevisionId Revision(string version) => new("shop", version, 1);

    public EffectContext Context(long epoch = 1) => new("run", "step", epoch, new CommandRunner(TimeProvider.System), new EnvironmentSecretStore(), TimeProvider.System, Reports.Enqueue);

    /// <summary>Starts instances of a version.</summary>
    public async Task<Instance[]> RunAsync(string version, int count = 1)
    {
        Instance[] started = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Instance.StartAsync(Revision(version).ToString())));
        _instances.AddRange(started);
        return started;
    }

    /// <summary>Starts instances that ended once more, where they were.</summary>
    public async Task<Instance[]> AgainAsync(params Instance[] ended)
    {
        Instance[] started = await Task.WhenAll(ended.Select(instance => instance.AgainAsync()));
        _instances.AddRange(started);
        return started;
    }

    public static RoutedRevision Routed(string version, int weight, params Instance[] instances) =>
        new(Revision(version), weight, instances.Select((instance, index) => instance.At((index + 1).ToString(CultureInfo.InvariantCulture))));

    public Task ApplyAsync(params RoutedRevision[] revisions) => Router.ApplyAsync(new RoutingTable(revisions), Context(), CancellationToken.None);

    public async Task<RouterState> ReadAsync() => await Router.ReadAsync(CancellationToken.None);

    public Uri Url(string path, int? port = null) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port ?? Port}/{path}"));

    public async Task<HttpResponseMessage> AskAsync(string path = "", int? port = null, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        // Without a body a client repeats even what is posted, where its connection is closed.
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, Url(path, port)) { Content = method == HttpMethod.Post ? new StringContent("an order") : null };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request);
    }

    public async Task<string> TextAsync(string path = "", int? port = null, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage answer = await AskAsync(path, port, null, headers);
        string text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}");
    }

    /// <summary>Who answered so many requests.</summary>
    public async Task<IReadOnlyDictionary<string, int>> TallyAsync(int requests, string path = "")
    {
        var tally = new ConcurrentDictionary<string, int>();
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            string by = await TextAsync(path);
            tally.AddOrUpdate(by, 1, (_, count) => count + 1);
        });
        return tally;
    }

    /// <summary>Measures a version's share, and expects it within four standard errors.</summary>
    public async Task ExpectShareAsync(string version, double share, int requests = 4000)
    {
        IReadOnlyDictionary<string, int> tally = await TallyAsync(requests);
        double bound = 4 * Math.Sqrt(share * (1 - share) / requests);
        ((double)tally.GetValueOrDefault(Revision(version).ToString()) / requests).Should().BeApproximately(share, Math.Max(bound, 1e-9), $"{version} has {share:P0}; counted was {string.Join(", ", tally)}");
        tally.Keys.Should().OnlyContain(by => by.StartsWith("shop_", StringComparison.Ordinal), "no request failed");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        foreach (Instance instance in _instances)
        {
            await instance.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
