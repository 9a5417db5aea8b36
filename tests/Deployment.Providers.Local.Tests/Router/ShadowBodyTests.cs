using System.Collections.Concurrent;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Copies of requests that are not safe, which are made only where somebody says so.</summary>
public sealed class ShadowBodyTests : RouterFixture
{
    private const int TooLarge = 200_000;
    private readonly ConcurrentQueue<string> _copies = [];
    private TaskCompletionSource _answers = new();

    [SetUp]
    public void Forget()
    {
        _copies.Clear();
        _answers = new TaskCompletionSource();
        _answers.SetResult();
    }

    [TestCase(HttpProtocols.Http1)]
    [TestCase(HttpProtocols.Http2)]
    public async Task AllMethods_WholeBodyIsCopied_AndUsersGetTheirOwnAnswers(HttpProtocols protocol)
    {
        using RawClient client = await MirroringAsync(allMethods: true, protocol);

        (await client.SendAsync("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")).Body.Should().Be("user: hello");
        (await client.SendAsync("DELETE /b HTTP/1.1\r\nHost: a\r\n\r\n")).Body.Should().Be("user: ");
        (await client.SendAsync("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")).Body.Should().Be("user: abcdefg");
        (await client.GetAsync("/d")).Body.Should().Be("user: ");

        await UntilCopiedAsync(metrics => metrics is { Sent: 4, UnderWay: 0, Compared: 4, OtherStatus: 4, Skipped: 0 });
        _copies.Should().BeEquivalentTo("PUT /a 1 text/plain hello", "DELETE /b 1  ", "POST /c 1  abcdefg", "GET /d 1  ");
    }

    [Test]
    public async Task SafeAlone_NothingElseIsCopied()
    {
        using RawClient client = await MirroringAsync(allMethods: false);
        foreach (string method in new[] { "POST", "PUT", "PATCH", "DELETE" })
        {
            (await client.SendAsync($"{method} /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")).Body.Should().Be("user: x");
        }

        await client.SendAsync("OPTIONS /o HTTP/1.1\r\nHost: a\r\n\r\n");
        (await client.GetAsync("/d")).Body.Should().Be("user: ");

        await UntilCopiedAsync(metrics => metrics is { Sent: 2, Compared: 2 });
        _copies.Should().BeEquivalentTo("OPTIONS /o 1  ", "GET /d 1  ");
    }

    [Test]
    public async Task AllMethods_TooLargeBody_PassesAndIsNotCopied()
    {
        using RawClient client = await MirroringAsync(allMethods: true);
        string large = new('a', TooLarge);

        (await client.PostAsync("/a", large)).Body.Should().HaveLength("user: ".Length + TooLarge);
        (await client.SendAsync($"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{TooLarge:x}\r\n{large}\r\n0\r\n\r\n")).Body.Should().HaveLength("user: ".Length + TooLarge);

        await UntilCopiedAsync(metrics => metrics is { Sent: 0, Skipped: 2 });
        _copies.Should().BeEmpty();
    }

    [Test]
    public async Task AllMethods_CandidateHangs_UsersAreAnsweredAndPlacesComeBack()
    {
        const int MoreThanPlaces = 80;
        _answers = new TaskCompletionSource();
        using RawClient client = await MirroringAsync(allMethods: true);

        for (int request = 0; request < MoreThanPlaces; request++)
        {
            (await client.PostAsync("/a", "x")).Body.Should().Be("user: x");
        }

        await UntilCopiedAsync(metrics => metrics is { Sent: 64, UnderWay: 64, Skipped: MoreThanPlaces - 64, Compared: 0 });
        _answers.SetResult();
        await UntilCopiedAsync(metrics => metrics is { UnderWay: 0, Compared: 64 });
        (await client.PostAsync("/a", "x")).Body.Should().Be("user: x");
        await UntilCopiedAsync(metrics => metrics is { Sent: 65, Compared: 65 });
    }

    [Test]
    public async Task AllMethods_ClientLeavesInTheMidst_PlaceComesBack()
    {
        const int MoreThanPlaces = 70;
        using RawClient client = await MirroringAsync(allMethods: true);
        for (int request = 0; request < MoreThanPlaces; request++)
        {
            using RawClient leaving = await ConnectAsync();
            await leaving.WriteAsync("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nbegun");
        }

        await UntilCopiedAsync(metrics => metrics.Skipped == MoreThanPlaces);
        (await client.PostAsync("/a", "x")).Body.Should().Be("user: x");
        await UntilCopiedAsync(metrics => metrics is { Sent: 1, Compared: 1 });
        _copies.Should().Equal("POST /a 1 text/plain x");
    }

    private async Task<RawClient> MirroringAsync(bool allMethods, HttpProtocols protocol = HttpProtocols.Http1)
    {
        WebUpstream user = Own(await WebUpstream.StartAsync(async context => await context.Response.WriteAsync($"user: {await BodyAsync(context)}"), protocol));
        WebUpstream candidate = Own(await WebUpstream.StartAsync(CopyAsync, protocol));
        UpstreamSettings upstream = new() { Protocol = protocol == HttpProtocols.Http2 ? UpstreamProtocol.Http2 : UpstreamProtocol.Automatic };
        await StartAsync(user.Port, upstream: upstream);
        await SwitchAsync(Table(2, user.Port, upstream: upstream) with
        {
            Live = [new LiveRevision(First, [user.Port]), new LiveRevision(Second, [candidate.Port])],
            Mirror = new MirrorRequest { Revision = Second, Percent = 100, AllMethods = allMethods },
        });
        return await ConnectAsync();
    }

    private async Task CopyAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        _copies.Enqueue($"{request.Method} {request.Path} {request.Headers["Deployment-Mirror"]} {request.ContentType} {await BodyAsync(context)}");
        await _answers.Task;
        context.Response.StatusCode = 500;
    }

    private static async Task<string> BodyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }

    private Task UntilCopiedAsync(Func<MirrorTallyMetrics, bool> condition) =>
        Until.TrueAsync(async () => condition((await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets["t"].Copies!), "the copies are as expected");
}
