using Deployment.Commands;
using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Tests.Real;

/// <summary>What goes wrong, said so that a person knows what to do.</summary>
[Category("HAProxy")]
public sealed class RefusalTests
{
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync(options => options.Certificate = null);

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Anything_HAProxyStopped_SaysWhereItCantBeReached()
    {
        await _world.Proxy.StopAsync();
        Func<Task>[] calls =
        [
            () => _world.ReadAsync(),
            () => _world.ApplyAsync(),
            () => _world.Router.MaintainAsync(null, _world.Context(), CancellationToken.None),
        ];
        foreach (Func<Task> call in calls)
        {
            await FluentActions.Awaiting(call).Should().ThrowAsync<DeploymentException>().WithMessage($"HAProxy can't be reached at unix:{_world.Socket}.*");
        }
    }

    [Test]
    public async Task Read_NobodyListensOnThePort_SaysSo()
    {
        HAProxyRouter router = HAProxyRouter.At($"tcp:127.0.0.1:{Ports.Free(1)[0]}", options => options.Site = "shop");

        await FluentActions.Awaiting(() => router.ReadAsync(CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*Nobody listens there*");
    }

    [Test]
    public async Task Read_OtherProgramThatSaysNothing_TimesOut()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        HAProxyRouter router = HAProxyRouter.At($"tcp:{silent.LocalEndpoint}", options =>
        {
            options.Site = "shop";
            options.AnswerTimeout = TimeSpan.FromMilliseconds(200);
        });

        await FluentActions.Awaiting(() => router.ReadAsync(CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*did not answer `show info` within*");
    }

    [Test]
    public async Task Read_OtherProgramThatSaysSomething_ShowsItsAnswer()
    {
        await using Instance other = await Instance.StartAsync("x");
        HAProxyRouter router = HAProxyRouter.At($"tcp:127.0.0.1:{other.Port}", options => options.Site = "shop");

        await FluentActions.Awaiting(() => router.ReadAsync(CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*answered `show info` with: HTTP/1.1 400*");
    }

    [Test]
    public async Task Apply_OtherApplication_IsRefused()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        var other = new RoutingTable([new RoutedRevision(new RevisionId("mail", "1.0.0", 1), 100, [old[0].At("1")])]);

        await FluentActions.Awaiting(() => _world.Router.ApplyAsync(other, _world.Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*serves shop, and the table is of mail*");
    }

    [TestCase("1\nset server shop-1/s1 state maint", "127.0.0.1")]
    [TestCase("1", "127.0.0.1; disable frontend shop")]
    [TestCase("1", "host name")]
    [TestCase("1,2", "127.0.0.1")]
    public async Task Apply_HostileInstance_IsRefused(string slot, string host)
    {
        var table = new RoutingTable([new RoutedRevision(World.Revision("1.0.0"), 100, [new RoutedInstance(slot, host, 80)])]);

        await FluentActions.Awaiting(() => _world.Router.ApplyAsync(table, _world.Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>();

        (await _world.ReadAsync()).Table.Should().Be(RoutingTable.Empty);
    }

    [Test]
    public async Task Apply_HostWithAName_IsLookedUp()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        var table = new RoutingTable([new RoutedRevision(World.Revision("1.0.0"), 100, [new RoutedInstance("1", "localhost", old[0].Port)])]);

        await _world.Router.ApplyAsync(table, _world.Context(), CancellationToken.None);

        (await _world.TextAsync()).Should().Be("shop_1.0.0_1");
        (await _world.ReadAsync()).Table.Should().Be(table);
        var unknown = new RoutingTable([new RoutedRevision(World.Revision("1.0.0"), 100, [new RoutedInstance("1", "unknown.invalid", 80)])]);
        await FluentActions.Awaiting(() => _world.Router.ApplyAsync(unknown, _world.Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*'unknown.invalid' has no address*");
    }

    [Test]
    public async Task Read_OtherSettings_SaysReloadAndIsWellAfterIt()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        _world.Use(_world.Another(options => options.TesterHeader = "X-Tester"));
        (await _world.ReadAsync()).Problems.Should().ContainSingle().Which.Should().Contain("other settings").And.Contain("reload");
        _world.Use(_world.Another(options => options.Lanes = 9));
        (await _world.ReadAsync()).Problems.Should().ContainSingle().Which.Should().Contain("6 lanes").And.Contain("instead of 9");

        await _world.Router.WriteConfigurationAsync(CancellationToken.None);
        await _world.Proxy.ReloadAsync();

        (await _world.ReadAsync()).Problems.Should().BeEmpty();
        (await _world.TextAsync()).Should().Be("shop_1.0.0_1", "what it follows stayed");
    }

    [Test]
    public async Task WriteConfiguration_FewerLanesThanAreTaken_IsRefused()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 3);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));

        await FluentActions.Awaiting(() => _world.Another(options => options.InstancesPerLane = 1).WriteConfigurationAsync(CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*no room for*");
    }

    [Test]
    public async Task Apply_TooManyRevisionsOrInstances_IsRefused()
    {
        Instance one = (await _world.RunAsync("1.0.0"))[0];
        RoutedRevision[] seven = [.. Enumerable.Range(0, 7).Select(index => World.Routed($"1.0.{index}", 1, one))];
        await FluentActions.Awaiting(() => _world.ApplyAsync(seven)).Should().ThrowAsync<DeploymentException>().WithMessage("*has no lane*");
        var many = new RoutedRevision(World.Revision("1.0.0"), 1, Enumerable.Range(1, 17).Select(slot => new RoutedInstance($"{slot}", "127.0.0.1", slot)));
        await FluentActions.Awaiting(() => _world.ApplyAsync(many)).Should().ThrowAsync<DeploymentException>().WithMessage("*17 instances*");
    }

    [Test]
    public async Task Read_ServerTakenOutByHand_SaysWhichAndHowToMend()
    {
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        await _world.Proxy.AskAsync("set server shop-1/s2 state maint");

        (await _world.ReadAsync()).Problems.Should().ContainSingle().Which.Should().Contain("set server shop-1/s2 state ready");

        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        (await _world.ReadAsync()).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Read_SiteNotLoaded_SaysHowToLoadIt()
    {
        HAProxyRouter other = _world.Another(options => options.Site = "mail");

        (await other.ReadAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Contain("without the site mail").And.Contain("-f ");
        await FluentActions.Awaiting(() => other.ApplyAsync(RoutingTable.Empty, _world.Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*doesn't know the site mail*");
    }

    [Test]
    public async Task CheckConfiguration_AsGenerated_IsTakenAndDamagedOneIsNot()
    {
        var commands = new CommandRunner(TimeProvider.System);
        HAProxyRouter all = _world.Another(options =>
        {
            options.Site = "all";
            (options.TesterHeader, options.TesterCookie, options.StickyHeader, options.StickyCookie) = ("X-Tester", "tester", "X-User", "who");
            options.IssueStickyCookie = true;
            options.HealthPath = "/health?full=1";
        });
        await all.WriteConfigurationAsync(CancellationToken.None);

        await all.CheckConfigurationAsync(commands, CancellationToken.None);

        await File.AppendAllTextAsync(Path.Combine(_world.Folder, "all.cfg"), "\nbackend x\n    nonsense\n");
        await FluentActions.Awaiting(() => all.CheckConfigurationAsync(commands, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*nonsense*");
    }

    [Test]
    public async Task CheckConfiguration_WithACertificate_IsTakenAndSpeaksTls()
    {
        string certificate = Path.Combine(_world.Folder, "shop.pem");
        using (var key = System.Security.Cryptography.RSA.Create(2048))
        {
            var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=localhost", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
            using System.Security.Cryptography.X509Certificates.X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllTextAsync(certificate, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        Instance[] old = await _world.RunAsync("1.0.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old));
        HAProxyRouter router = _world.Another(options =>
        {
            options.Certificate = certificate;
            options.StickyCookie = "who";
            options.IssueStickyCookie = true;
        });
        await router.WriteConfigurationAsync(CancellationToken.None);
        await router.CheckConfigurationAsync(new CommandRunner(TimeProvider.System), CancellationToken.None);
        await _world.Proxy.ReloadAsync();

        router.PreviewAddress!.Scheme.Should().Be("https");
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Subject == "CN=localhost" } }) { DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage answer = await http.GetAsync(new Uri($"https://127.0.0.1:{_world.Port}/"));
        (await answer.Content.ReadAsStringAsync()).Should().Be("shop_1.0.0_1");
        answer.Headers.GetValues("Set-Cookie").Single().Should().EndWith("; Secure");
    }

    [Test]
    public async Task Apply_ConfigurationThatHAProxyRefuses_ChangesNothing()
    {
        Instance[] old = await _world.RunAsync("1.0.0");
        string program = Path.Combine(_world.Folder, "no-haproxy");
        await using (var file = new StreamWriter(program, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserExecute }))
        {
            await file.WriteAsync("#!/bin/sh\necho it is wrong >&2\nexit 1\n");
        }

        string before = await File.ReadAllTextAsync(Path.Combine(_world.Folder, "shop.cfg"));

        await FluentActions.Awaiting(() => _world.Another(options => options.Program = program).ApplyAsync(new RoutingTable([World.Routed("1.0.0", 1, old)]), _world.Context(), CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("*it is wrong*");

        (await File.ReadAllTextAsync(Path.Combine(_world.Folder, "shop.cfg"))).Should().Be(before);
        (await _world.ReadAsync()).Table.Should().Be(RoutingTable.Empty);
    }
}
