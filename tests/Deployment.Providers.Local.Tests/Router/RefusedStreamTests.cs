using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>What an instance puts back unread may be sent again (RFC 9113, 8.7), as long as there is all of it.</summary>
public sealed class RefusedStreamTests : RouterFixture
{
    [Test]
    [CancelAfter(30_000)]
    public async Task PutBack_BodyHasPassedBy_IsNotSentAgainWithoutIt(CancellationToken cancellationToken)
    {
        RefusingUpstream upstream = await StartAsync();
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").WaitAsync(cancellationToken);

        upstream.HasPutBack.Should().BeTrue();
        upstream.Taken.Should().BeEmpty("an instance that gets the request without its body takes it for a whole one");
        answer.Status.Should().Be(502);
        RevisionMetrics metrics = await MetricsAsync();
        (metrics.Requests, metrics.Errors).Should().Be((1, 1));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task PutBack_NoBody_IsSentAgain(CancellationToken cancellationToken)
    {
        RefusingUpstream upstream = await StartAsync();
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.GetAsync("/").WaitAsync(cancellationToken);

        upstream.HasPutBack.Should().BeTrue();
        upstream.Taken.Should().Equal("");
        answer.Status.Should().Be(200);
    }

    private async Task<RefusingUpstream> StartAsync()
    {
        RefusingUpstream upstream = Own(new RefusingUpstream());
        await StartAsync(upstream.Port, upstream: new UpstreamSettings { Protocol = UpstreamProtocol.Http2 });
        return upstream;
    }
}
