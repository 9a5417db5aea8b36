using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class RouterTests : LocalFixture
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None });

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [TestCase(1)]
    [TestCase(10)]
    [TestCase(50)]
    public async Task Split_ThousandRequestsOnOneConnection_IsExact(int percent)
    {
        await RunAsync(Target.Install(App(1)));
        await RunAsync(Target.Install(App(2)));
        await RunAsync(Target.Route(new TrafficSplit([new(Id(1), 100 - percent), new(Id(2), percent)])));
        using RawClient client = await RawClient.ConnectAsync(Port);
        var window = new Queue<string>();
        int all = 0;
        for (int request = 0; request < 1000; request++)
        {
            string version = (await client.GetAsync("/")).Body;
            all += version == "v2" ? 1 : 0;
            window.Enqueue(version);
            if (window.Count > 100)
            {
                window.Dequeue();
            }

            if (window.Count == 100)
            {
                window.Count(seen => seen == "v2").Should().Be(percent, "any 100 consecutive requests are split exactly");
            }
        }

        all.Should().Be(percent * 10);
        IReadOnlyDictionary<RevisionId, RevisionCounters> counters = await Host.CountersAsync(Port, CancellationToken.None);
        counters[Id(2)].Requests.Should().Be(percent * 10);
        counters[Id(2)].Errors.Should().Be(0);
        counters[Id(2)].LatencyCounts.Sum().Should().Be(percent * 10);
    }

    [Test]
    public async Task Forward_InstanceThatClosesAfterEachAnswer_NoRequestFails()
    {
        await RunAsync(Target.Install(App(1, "http10")));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));

        RawAnswer[][] answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async _ =>
        {
            using RawClient client = await RawClient.ConnectAsync(Port);
            var seen = new RawAnswer[100];
            for (int i = 0; i < seen.Length; i++)
            {
                seen[i] = await client.GetAsync("/");
            }

            return seen;
        }));

        answers.SelectMany(seen => seen).Should().OnlyContain(answer => answer.Status == 200 && answer.Body == "old");
    }

    [Test]
    public async Task Counters_ServerErrors_AreCounted()
    {
        await InstallAndRouteAsync(1);
        using RawClient client = await RawClient.ConnectAsync(Port);
        await client.GetAsync("/status/500");
        await client.GetAsync("/status/404");
        await client.GetAsync("/");

        RevisionCounters counters = (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)];
        counters.Requests.Should().Be(3);
        counters.Errors.Should().Be(1);
        counters.InFlight.Should().Be(0);
    }

    [Test]
    public async Task NothingRouted_Answers503WithRetryAfter()
    {
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Route(TrafficSplit.None));
        using RawClient client = await RawClient.ConnectAsync(Port);

        RawAnswer answer = await client.GetAsync("/");

        answer.Status.Should().Be(503);
        answer.Header("Retry-After").Should().NotBeNull();
    }

    [TestCase(256L << 20)]
    [TestCase(2L << 30, Category = "Soak")]
    [CancelAfter(600_000)]
    public async Task BigBodies_BothWays_StreamWithBoundedMemory(long size, CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        await _client.GetStringAsync(Public(), cancellationToken);
        long before = await RouterMemoryAsync();

        using HttpResponseMessage up = await _client.PostAsync(Public("/sink"), new StreamContent(new Zeros(size)), cancellationToken);
        (await up.Content.ReadAsStringAsync(cancellationToken)).Should().Be(size.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage down = await _client.GetAsync(Public($"/stream?bytes={size}"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        (await CountAsync(await down.Content.ReadAsStreamAsync(cancellationToken), cancellationToken)).Should().Be(size);

        (await RouterMemoryAsync() - before).Should().BeLessThan(80_000_000, "nothing is collected on the way");
    }

    [Test]
    public async Task ClientLeaves_UpstreamRequestIsCancelled()
    {
        await InstallAndRouteAsync(1);
        Uri address = (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single();
        using (RawClient leaver = await RawClient.ConnectAsync(Port))
        {
            await leaver.WriteAsync("GET /hang HTTP/1.1\r\nHost: shop.test\r\n\r\n");
            await UntilAsync(async () => await _client.GetStringAsync(new Uri(address, "/hanging")) == "1", "the request has reached the instance");
        }

        await UntilAsync(async () => await _client.GetStringAsync(new Uri(address, "/aborted")) == "1", "the instance learns that the client left");
        await UntilAsync(async () => (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)].InFlight == 0, "the request has ended");
        (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)].Errors.Should().Be(0, "it is no failure of the revision");
    }

    [Test]
    public async Task Route_RequestInFlightBeyondDeadline_ReportsItAndLetsItFinish()
    {
        LocalTarget hasty = Listening(options => options.DrainDeadline = TimeSpan.FromMilliseconds(200));
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));
        using RawClient slow = await RawClient.ConnectAsync(Port);
        await slow.WriteAsync("GET /slow?ms=2500 HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await UntilAsync(async () => (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)].InFlight == 1, "the request is in flight");
        var reports = new List<string>();
        var context = new EffectContext("run", "step", 1, null!, Secrets, TimeProvider.System, reports.Add);
        Operation route = hasty.Route(TrafficSplit.AllTo(Id(2)));

        await hasty.Verbs.Single(verb => verb.Name == route.Verb).RunAsync(route.Arguments, context, CancellationToken.None);

        reports.Should().ContainSingle().Which.Should().Contain("1 on shop_1.0.0_1");
        (await slow.ReadAnswerAsync()).Status.Should().Be(200);
        RevisionCounters left = (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)];
        (left.LeftByDrains, left.CutByDrains, left.Errors).Should().Be((1, 0, 0));
        (await File.ReadAllTextAsync(Folder.SupervisorLog)).Should().Contain("1 requests in flight are left");
    }

    [Test]
    public async Task Route_CutAtDrainDeadline_BreaksOffWhatIsLeft()
    {
        LocalTarget strict = Listening(options =>
        {
            options.DrainDeadline = TimeSpan.FromMilliseconds(200);
            options.CutAtDrainDeadline = true;
        });
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));
        using RawClient slow = await RawClient.ConnectAsync(Port);
        await slow.WriteAsync("GET /hang HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await UntilAsync(async () => (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)].InFlight == 1, "the request is in flight");

        await RunAsync(strict.Route(TrafficSplit.AllTo(Id(2))), target: strict);

        await FluentActions.Awaiting(slow.ReadAnswerAsync).Should().ThrowAsync<Exception>();
        await UntilAsync(async () => (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)] is { InFlight: 0, CutByDrains: 1, Errors: 0, LeftByDrains: 0 }, "it is counted as cut, and as no failure");
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v2");
    }

    [Test]
    public async Task Metrics_ShowGenerationAndEpoch()
    {
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Route(TrafficSplit.None), epoch: 4);

        TargetMetrics metrics = (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets[Target.Name];

        (metrics.Generation, metrics.Epoch).Should().Be((2, 4));
    }

    [Test]
    public async Task Headers_HopByHopStayBehindAndForwardedAreSet()
    {
        await InstallAndRouteAsync(1);
        using RawClient client = await RawClient.ConnectAsync(Port);

        RawAnswer answer = await client.SendAsync(
            "GET /headers HTTP/1.1\r\nHost: shop.test:81\r\nConnection: X-Secret-Hop\r\nX-Secret-Hop: 1\r\nKeep-Alive: timeout=9\r\nTE: trailers\r\n"
            + "Upgrade: websocket\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nAccept-Encoding: gzip\r\nCookie: a=1; b=2\r\n\r\n");

        Dictionary<string, string> seen = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(answer.Body)!;
        seen.Keys.Should().NotContain(["X-Secret-Hop", "Keep-Alive", "Upgrade", "Forwarded", "traceparent"]);
        seen["TE"].Should().Be("trailers");
        seen["Host"].Should().Be("shop.test:81");
        seen["X-Forwarded-For"].Should().Be("127.0.0.1");
        seen["X-Forwarded-Proto"].Should().Be("http");
        seen["X-Forwarded-Host"].Should().Be("shop.test:81");
        seen["Cookie"].Should().Be("a=1; b=2");
        seen["Accept-Encoding"].Should().Be("gzip");
    }

    [Test]
    public async Task Redirect_CookiesAndLocation_PassUntouched()
    {
        await InstallAndRouteAsync(1);
        using RawClient client = await RawClient.ConnectAsync(Port);

        RawAnswer answer = await client.GetAsync("/redirect");

        answer.Status.Should().Be(302);
        answer.Header("Location").Should().Be("/elsewhere");
        answer.Header("Keep-Alive").Should().BeNull();
        answer.Headers.Where(header => header.Key == "Set-Cookie").Select(header => header.Value).Should().Equal("a=1", "b=2");
    }

    [TestCase("/raw/a%2Fb/../c/./d//e?x=%20&y=%41+z")]
    [TestCase("/raw/%C3%BC%41")]
    public async Task Path_GoesOnByteForByte(string path)
    {
        await InstallAndRouteAsync(1);
        using RawClient client = await RawClient.ConnectAsync(Port);
        using RawClient direct = await RawClient.ConnectAsync((await Target.AddressesAsync(Id(1), CancellationToken.None)).Single().Port);

        RawAnswer routed = await client.GetAsync(path);

        (routed.Status, routed.Body).Should().Be(((await direct.GetAsync(path)).Status, (await direct.GetAsync(path)).Body));
    }

    [Test]
    public async Task ChunkedRequestAndHead_AreForwarded()
    {
        await InstallAndRouteAsync(1);
        using RawClient client = await RawClient.ConnectAsync(Port);

        RawAnswer chunked = await client.SendAsync("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        chunked.Body.Should().Be("v1:abcde");
        using HttpResponseMessage head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Public()));
        head.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task AnswerBreaksOff_ClientSeesItAndErrorIsCounted()
    {
        await InstallAndRouteAsync(1);

        await FluentActions.Awaiting(() => _client.GetStringAsync(Public("/break"))).Should().ThrowAsync<HttpRequestException>();

        await UntilAsync(async () => (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)] is { Errors: 1, InFlight: 0 }, "the error is counted");
    }

    [Test]
    public async Task InstanceDiesDuringRequest_Answers502()
    {
        await InstallAndRouteAsync(1);
        using RawClient client = await RawClient.ConnectAsync(Port);

        (await client.PostAsync("/crash", "")).Status.Should().Be(502);
        await UntilAsync(async () => (await client.GetAsync("/")).Status == 200, "the instance comes back");
    }

    // The second request of a pooled connection is read and then dropped: the case in which SocketsHttpHandler repeats a request by itself.
    [TestCase("POST", 1)]
    [TestCase("PATCH", 1)]
    public async Task StaleConnection_RequestThatMustNotHappenTwice_IsNotRepeated(string method, int times)
    {
        using var dropping = new DroppingServer();
        await RouteToAsync(dropping.Port);
        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/first")).Status.Should().Be(200);

        RawAnswer answer = await client.SendAsync($"{method} /second HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

        answer.Status.Should().Be(502);
        dropping.Requests.Count(line => line.StartsWith(method, StringComparison.Ordinal)).Should().Be(times);
    }

    [Test]
    public async Task AllInstancesRefuse_Answers502AndCountsTheRevisionsError()
    {
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        int refused = ((IPEndPoint)dead.LocalEndpoint).Port;
        dead.Stop();
        await RouteToAsync(refused);
        using RawClient client = await RawClient.ConnectAsync(Port);

        (await client.GetAsync("/")).Status.Should().Be(502);

        (await Host.CountersAsync(Port, CancellationToken.None))[Id(1)].Errors.Should().Be(1);
    }

    [Test]
    public async Task OneInstanceDead_RequestsGoToTheOther()
    {
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        int refused = ((IPEndPoint)dead.LocalEndpoint).Port;
        dead.Stop();
        await InstallAndRouteAsync(1);
        int standing = (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single().Port;
        await RouteToAsync(refused, standing);
        using RawClient client = await RawClient.ConnectAsync(Port);

        for (int request = 0; request < 10; request++)
        {
            (await client.PostAsync("/echo", "body")).Body.Should().Be("v1:body");
        }
    }

    [Test]
    public async Task Tls_ThroughTheSupervisor_IsServedAndAnotherRouterSpeaksClearTextLater()
    {
        var files = new CertificateFiles { Certificate = Path.Combine(Folder.Path, "shop.pem"), Key = Path.Combine(Folder.Path, "shop.key") };
        TestCertificate.Write("shop.test", files);
        LocalTarget secure = Listening(options => options.Router.Tls = [TlsCertificate.Pem(files.Certificate, files.Key)]);
        await RunAsync(secure.Install(App(1)), target: secure);
        await RunAsync(secure.Route(TrafficSplit.AllTo(Id(1))), target: secure);
#pragma warning disable CA5359 // The test's certificate is self-signed.
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=shop.test" } });
#pragma warning restore CA5359
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{Port}/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using HttpResponseMessage answer = await client.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).Should().Be("v1");
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        (await client.GetStringAsync(Public())).Should().Be("v1", "the router was replaced by one that speaks clear text");
        await FluentActions.Awaiting(() => client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"https://localhost:{Port}/"))).Should().ThrowAsync<HttpRequestException>();
    }

    // Straight to the router's control socket, for upstreams that no supervisor started.
    private async Task RouteToAsync(params int[] ports)
    {
        if (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None) is null)
        {
            await InstallAndRouteAsync(1);
        }

        RouteTable table = (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.Table;
        (await RouterClient.SwitchAsync(
            Folder.RouterSocket(Port),
            table with { Generation = table.Generation + 1, Revisions = table.Revisions.Clear().Add(Id(1).ToString(), new RouteEntry(100, [.. ports])) },
            CancellationToken.None)).Should().BeTrue();
    }

    private async Task<long> RouterMemoryAsync()
    {
        int processId = (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.ProcessId;
        using var process = System.Diagnostics.Process.GetProcessById(processId);
        return process.WorkingSet64;
    }

    private static async Task<long> CountAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            total += read;
        }

        return total;
    }

    /// <summary>Answers the first request of each connection and drops the second after it has read it.</summary>
    private sealed class DroppingServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _requests = new();

        public DroppingServer()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public IEnumerable<string> Requests => _requests;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(TcpClient connection)
        {
            using (connection)
            {
                NetworkStream stream = connection.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                await ReadAsync(reader);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
                await ReadAsync(reader);
            }
        }

        private async Task ReadAsync(StreamReader reader)
        {
            _requests.Enqueue(await reader.ReadLineAsync() ?? "");
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
                // The headers.
            }
        }
    }

    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(_left, count);
            Array.Clear(buffer, offset, read);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
