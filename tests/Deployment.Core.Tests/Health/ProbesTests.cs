using System.Net;
using System.Net.Sockets;
using System.Text;
using Deployment.Commands;
using Deployment.Health;
using Deployment.Tests.Commands;

namespace Deployment.Tests.Health;

[Category("Local")]
public sealed class ProbesTests
{
    private static async Task<Verdict> SmokeAsync(Action<SmokeBuilder> configure, params Uri[] addresses)
    {
        SmokeBuilder builder = new SmokeBuilder().With(options => options.Timeout = TimeSpan.FromSeconds(10));
        configure(builder);
        Check check = builder.Build("smoke", [])!;
        return await check.EvaluateAsync(Contexts.Of(TimeProvider.System, new CommandRunner(TimeProvider.System), addresses), CancellationToken.None).InTimeAsync();
    }

    private static Uri NobodyListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }

    [TestCase(200, null, true)]
    [TestCase(204, null, true)]
    [TestCase(302, null, false)]
    [TestCase(404, null, false)]
    [TestCase(500, null, false)]
    [TestCase(404, 404, true)]
    [TestCase(200, 404, false)]
    public async Task Http_Status_DecidesAsExpected(int status, int? expected, bool passes)
    {
        await using var server = new RawServer($"HTTP/1.1 {status} X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        Verdict verdict = await SmokeAsync(smoke => smoke.Http("/health", http => http.ExpectedStatus = expected), server.Address);

        verdict.Result.Should().Be(passes ? VerdictResult.Pass : VerdictResult.Fail);
        server.Connections.Should().Be(1, "a redirect isn't followed");
        if (!passes)
        {
            verdict.Reason.Should().Contain($"{server.Address}health answered {status}, expected {expected?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "200 to 299"}");
        }
    }

    [Test]
    public async Task Http_Body_MustContainTheText()
    {
        await using var server = new RawServer(RawServer.Answer(200, "status: down\n"));
        (await SmokeAsync(smoke => smoke.Http("/", http => http.ExpectedBody = "status: down"), server.Address)).Result.Should().Be(VerdictResult.Pass);

        Verdict verdict = await SmokeAsync(smoke => smoke.Http("/", http => http.ExpectedBody = "status: up"), server.Address);
        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("without 'status: up'").And.Contain("begins: status: down");
    }

    [Test]
    public async Task Http_EndlessBody_IsReadTo64KiBOnly()
    {
        await using var server = new RawServer(async (stream, _, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n\r\n"), token);
            while (true)
            {
                await stream.WriteAsync(new byte[16 * 1024], token);
            }
        });
        (await SmokeAsync(smoke => smoke.Http("/"), server.Address)).Result.Should().Be(VerdictResult.Pass);
        Verdict verdict = await SmokeAsync(smoke => smoke.Http("/", http => http.ExpectedBody = "end"), server.Address);
        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Length.Should().BeLessThan(1000);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Http_HangingServer_FailsAtTheTimeOut(bool afterHeaders)
    {
        await using var server = new RawServer(async (stream, _, token) =>
        {
            if (afterHeaders)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), token);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });
        Verdict verdict = await SmokeAsync(smoke => smoke.Http("/").With(options => options.Timeout = TimeSpan.FromSeconds(0.3)), server.Address);

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("no answer within 300 ms");
    }

    [TestCase("")]
    [TestCase("SSH-2.0-OpenSSH\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    public async Task Http_BrokenAnswer_FailsNamingTheAddress(string answer)
    {
        await using var server = new RawServer(answer);
        Verdict verdict = await SmokeAsync(smoke => smoke.Http("/x"), server.Address);
        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain($"{server.Address}x");
    }

    [Test]
    public async Task Http_NobodyListens_SaysSo()
    {
        Verdict verdict = await SmokeAsync(smoke => smoke.Http("/"), NobodyListens());
        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("refused the connection");
    }

    [Test]
    public async Task Http_OneOfSeveralInstancesIll_Fails()
    {
        await using var well = new RawServer(RawServer.Answer(200));
        await using var ill = new RawServer(RawServer.Answer(500, "no database"));
        Verdict verdict = await SmokeAsync(smoke => smoke.Http("/"), well.Address, ill.Address);
        verdict.Reason.Should().Contain("1 of 2 instances").And.Contain("answered 500").And.Contain("no database");

        (await SmokeAsync(smoke => smoke.Http("/"), well.Address, well.Address)).Result.Should().Be(VerdictResult.Pass);
    }

    [Test]
    public async Task Http_WholeAddress_NeedsNoInstances()
    {
        await using var server = new RawServer(RawServer.Answer(200));
        (await SmokeAsync(smoke => smoke.Http($"{server.Address}x"))).Result.Should().Be(VerdictResult.Pass);
    }

    [Test]
    public async Task Http_EachLook_HasAConnectionOfItsOwn()
    {
        await using var server = new RawServer(RawServer.Answer(200));
        var builder = new HealthBuilder();
        builder.Http("/").With(options => { options.Interval = TimeSpan.FromMilliseconds(10); options.ConsecutiveSuccesses = 4; });
        Verdict verdict = await builder.Build("healthy", [])!.EvaluateAsync(Contexts.Of(TimeProvider.System, null, server.Address), CancellationToken.None).InTimeAsync();

        verdict.Result.Should().Be(VerdictResult.Pass);
        server.Connections.Should().Be(4);
    }

    [Test]
    public async Task Http_SlowStart_PassesOnceItAnswersWell()
    {
        await using var server = new RawServer((stream, number, token) =>
            stream.WriteAsync(Encoding.ASCII.GetBytes(number < 5 ? "not yet HTTP\r\n" : RawServer.Answer(number < 8 ? 503 : 200)), token).AsTask());
        var builder = new HealthBuilder();
        builder.Http("/health").With(options => { options.Interval = TimeSpan.FromMilliseconds(20); options.Deadline = TimeSpan.FromSeconds(15); });
        Verdict verdict = await builder.Build("healthy", [])!.EvaluateAsync(Contexts.Of(TimeProvider.System, null, server.Address), CancellationToken.None).InTimeAsync();

        verdict.Result.Should().Be(VerdictResult.Pass);
        verdict.Evidence["looks"].Should().Be("9");
        verdict.Evidence["last failure"].Should().Contain("answered 503");
    }

    [Test]
    public async Task Tcp_ListeningOrNot_Decides()
    {
        await using var server = new RawServer("");
        (await SmokeAsync(smoke => smoke.Tcp(), server.Address)).Result.Should().Be(VerdictResult.Pass);

        Uri nobody = NobodyListens();
        Verdict verdict = await SmokeAsync(smoke => smoke.Tcp(), nobody);
        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain($"127.0.0.1:{nobody.Port} accepted no connection");
    }

    [Test]
    public async Task Http_Printed_TheLineDecidesTheSame()
    {
        RealComponent.Require("curl");
        await using var server = new RawServer(RawServer.Answer(200, "it's $up"));
        foreach ((string text, bool passes) in new[] { ("it's $up", true), ("down", false) })
        {
            SmokeBuilder builder = new SmokeBuilder().Http("/a?b=$c", http => http.ExpectedBody = text);
            string line = builder.Build("smoke", [])!.Describe(Contexts.Subject).Commands[0];
            Command pasted = Command.Of("sh", "-c", line) with { Environment = new Dictionary<string, string> { ["ADDRESS"] = server.Address.AbsoluteUri.TrimEnd('/') } };

            CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(pasted, null, CancellationToken.None).InTimeAsync();

            (result.ExitCode == 0).Should().Be(passes, result.Error);
        }
    }

    [Test]
    public async Task Command_Real_RunsWithTheAddress()
    {
        await using var server = new RawServer(RawServer.Answer(200));
        (await SmokeAsync(smoke => smoke.Command("test", "{address}/x", "=", $"{server.Address}x"), server.Address)).Result.Should().Be(VerdictResult.Pass);
        Verdict verdict = await SmokeAsync(smoke => smoke.Command("no-such-tool"), server.Address);
        verdict.Reason.Should().Contain("isn't installed");
    }
}
