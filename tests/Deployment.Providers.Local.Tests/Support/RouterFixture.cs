using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>A router alone, inside this process and on a port of its own, in front of upstreams that the test makes.</summary>
[Category("Local")]
public abstract class RouterFixture
{
    private protected const string First = "shop_1.0.0_1";
    private protected const string Second = "shop_2.0.0_1";
    private static int _nextPort = 20_000 - (Environment.ProcessId % 400 * 10);

    private readonly List<IAsyncDisposable> _upstreams = [];
    private CancellationTokenSource _stop = null!;
    private Task<int>? _running;

    private protected StateFolder Folder { get; private set; } = null!;

    protected int Port { get; private set; }

    [SetUp]
    public void MakeFolder()
    {
        Folder = new StateFolder(Directory.CreateTempSubdirectory("dr-").FullName);
        Port = FreePort.Of(ref _nextPort);
        _stop = new CancellationTokenSource();
        _running = null;
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        if (_running is not null)
        {
            await _running.ContinueWith(_ => { }, TaskScheduler.Default);
            _running.Dispose();
        }

        foreach (IAsyncDisposable upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }

        _upstreams.Clear();
        _stop.Dispose();
        Directory.Delete(Folder.Path, recursive: true);
    }

    private protected T Own<T>(T upstream)
        where T : IAsyncDisposable
    {
        _upstreams.Add(upstream);
        return upstream;
    }

    private protected RouteTable Table(long generation, int port, RouterSettings? settings = null, UpstreamSettings? upstream = null, string revision = First) => new()
    {
        Generation = generation,
        Epoch = 1,
        Target = "t",
        Application = "shop",
        Address = "127.0.0.1",
        Port = Port,
        Router = settings,
        Upstream = upstream,
        Revisions = ImmutableSortedDictionary.Create<string, RouteEntry>(StringComparer.Ordinal).Add(revision, new RouteEntry(100, [port])),
    };

    /// <summary>Starts the router in front of one upstream.</summary>
    private protected async Task StartAsync(int upstreamPort, RouterSettings? settings = null, UpstreamSettings? upstream = null)
    {
        RouteTables.Write(Folder, Table(1, upstreamPort, settings, upstream));
        _running = RouterProgram.RunAsync(Folder, Port, _stop.Token);
        await Until.TrueAsync(async () => _running.IsCompleted || await RouterClient.StatusAsync(Folder.RouterSocket(Port), "t", CancellationToken.None) is not null, "the router listens");
        _running.IsCompleted.Should().BeFalse("the router goes on");
    }

    private protected async Task SwitchAsync(RouteTable table) => (await RouterClient.SwitchAsync(Folder.RouterSocket(Port), table, CancellationToken.None)).Should().BeTrue();

    private protected async Task<RouterStatus> StatusAsync() => (await RouterClient.StatusAsync(Folder.RouterSocket(Port), "t", CancellationToken.None))!;

    private protected async Task<RevisionMetrics> MetricsAsync(string revision = First) => (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets["t"].Revisions[revision];

    private protected Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    private protected Uri At(string path, string scheme = "http") => new($"{scheme}://localhost:{Port}{path}");

    /// <summary>A client that speaks exactly this version, and believes in any certificate.</summary>
    private protected static HttpClient Client(Version version) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
#pragma warning disable CA5359 // The tests' certificates are self-signed.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    })
    {
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
