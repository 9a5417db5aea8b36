using System.Net.Sockets;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Supervisor;

/// <summary>Routes that a person types, or that can't be had.</summary>
public sealed class RouteByHandTests : LocalFixture
{
    [Test]
    public async Task FirstRoute_PortIsSomebodyElses_NamesItAndCanBeUndone()
    {
        using var other = new TcpListener(System.Net.IPAddress.Loopback, Port);
        other.Start();
        try
        {
            await RunAsync(Target.Install(App(1)));

            (await FluentActions.Awaiting(() => RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))))).Should().ThrowAsync<DeploymentException>())
                .Which.Message.Should().Contain($"Port {Port} of 127.0.0.1 is in use by process {Environment.ProcessId}");

            await RunAsync(Target.Route(TrafficSplit.None));
            await RunAsync(Target.Remove(Id(1)));
            (await Host.StatusAsync(CancellationToken.None)).Should().BeEmpty();
            Directory.Exists(Folder.RouterTables(Port)).Should().BeFalse();
        }
        finally
        {
            other.Stop();
        }
    }

    [Test]
    public async Task Route_SaysNothingOfTheRouter_WhatStandsStays()
    {
        LocalTarget target = Listening(Secure);
        await InstallBothAsync(target);
        RouterStatus before = await StatusAsync(target.Name);

        await PutAsync(target.Name, $$$"""{"port":{{{Port}}},"split":{"{{{Id(2)}}}":100},"router":null,"upstream":null}""");
        await PutAsync(target.Name, $$$"""{"port":{{{Port}}},"split":{"{{{Id(2)}}}":100}}""");

        RouterStatus after = await StatusAsync(target.Name);
        after.ProcessId.Should().Be(before.ProcessId, "nothing has changed that needs another router");
        after.Certificates.Should().NotBeEmpty();
        after.Table.Upstream!.ResponseSeconds.Should().Be(5);
        (await HttpsAsync("/")).Should().Be("v2");
    }

    [Test]
    public async Task Route_OfAnotherTargetSaysNothingOfTheRouter_TakesThePortAsItIs()
    {
        LocalTarget target = Listening(options =>
        {
            Secure(options);
            options.PathPrefix = "/shop";
        });
        await InstallBothAsync(target);
        LocalTarget blog = Listening(options => options.Name = "blog");
        await RunAsync(blog.Install(App(3)), target: blog);

        await PutAsync("blog", $$$"""{"port":{{{Port}}},"split":{"{{{Id(3)}}}":100},"rules":{"pathPrefix":"/blog","stripPathPrefix":true}}""");

        (await HttpsAsync("/blog")).Should().Be("v3");
    }

    [Test]
    public async Task Route_AsksForTheDefaults_GetsThem()
    {
        LocalTarget target = Listening(Secure);
        await InstallBothAsync(target);

        await PutAsync(target.Name, $$$"""{"port":{{{Port}}},"split":{"{{{Id(2)}}}":100},"router":{},"upstream":{}}""");

        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v2", "clear text is the default");
        (await StatusAsync(target.Name)).Table.Upstream.Should().BeNull();
    }

    // The router before it accepts on the same socket until it retires.
    [Test]
    public async Task Route_TurnsTlsOff_NoConnectionAfterItMeetsTheRouterBefore()
    {
        LocalTarget secure = Listening(Secure);
        await InstallBothAsync(secure);
        for (int time = 0; time < 10; time++)
        {
            await PutAsync(secure.Name, $$$"""{"port":{{{Port}}},"split":{"{{{Id(1)}}}":100},"router":{},"upstream":{}}""");
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
            {
                using RawClient client = await RawClient.ConnectAsync(Port);
                (await client.GetAsync("/")).Body.Should().Be("v1", "clear text is asked for since, the {0}. time", time + 1);
            }));
            await RunAsync(secure.Route(TrafficSplit.AllTo(Id(1))), target: secure);
        }
    }

    // What a deployment without options prints and sends asks for the defaults, whatever stood before.
    [Test]
    public async Task Route_OfATargetWithoutOptions_TurnsTlsOff()
    {
        await InstallBothAsync(Listening(Secure));

        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));

        using RawClient client = await RawClient.ConnectAsync(Port);
        (await client.GetAsync("/")).Body.Should().Be("v1");
    }

    private void Secure(LocalTargetOptions options)
    {
        var files = new CertificateFiles { Certificate = Path.Combine(Folder.Path, "c.pem"), Key = Path.Combine(Folder.Path, "c.key") };
        TestCertificate.Write("shop.test", files);
        options.Router.Tls = [TlsCertificate.Pem(files.Certificate, files.Key)];
        options.Router.ResponseTimeout = TimeSpan.FromSeconds(5);
    }

    private async Task InstallBothAsync(LocalTarget target)
    {
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Install(App(2)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
    }

    private async Task<RouterStatus> StatusAsync(string target) => (await RouterClient.StatusAsync(Folder.RouterSocket(Port), target, CancellationToken.None))!;

    private async Task PutAsync(string target, string body)
    {
        using HttpClient curl = UnixHttp.Client(Folder.SupervisorSocket);
        curl.DefaultRequestHeaders.Add(SupervisorApi.EpochHeader, "1");
        using var content = new StringContent(body);
        using HttpResponseMessage answer = await curl.PutAsync(UnixHttp.Uri(SupervisorPaths.Route(target)), content);
        ((int)answer.StatusCode).Should().Be(200, "{0}", await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> HttpsAsync(string path)
    {
#pragma warning disable CA5359 // The test's certificate is self-signed.
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
#pragma warning restore CA5359
        return await client.GetStringAsync(new Uri($"https://127.0.0.1:{Port}{path}"));
    }
}
