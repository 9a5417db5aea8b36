using System.IO.Pipelines;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;
using Deployment.Providers.Local.Router.Http1;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Tests.Router.Http1;

/// <summary>Kestrel says first that nobody takes the answer any more, and only later, when a thread is free, that the request is aborted.</summary>
[Category("Local")]
public sealed class ClientLeavesTests
{
    [TestCase("Content-Length: 1000000\r\n\r\n", "xxxx")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n", "4\r\nxxxx\r\n")]
    public async Task Forward_NobodyTakesTheAnswer_IsTheClientsDoing(string head, string piece)
    {
        (await OutcomeAsync(head, piece, taken: false)).Should().Be(ForwardOutcome.ClientFailed);
    }

    // The control: it is the instance that breaks off.
    [TestCase("Content-Length: 1000000\r\n\r\n", "xxxx")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n", "4\r\nxxxx\r\n")]
    public async Task Forward_InstanceBreaksOff_IsTheRevisionsError(string head, string piece)
    {
        (await OutcomeAsync(head, piece, taken: true)).Should().Be(ForwardOutcome.CutOff);
    }

    private static async Task<ForwardOutcome> OutcomeAsync(string head, string piece, bool taken)
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\n" + head + piece);
            if (!taken)
            {
                await connection.ReadHeadAsync();
            }
        });
        using var forwarder = new Http1Forwarder(() => new TrustedProxies([]), TimeProvider.System);
        var traffic = new RevisionTraffic("a");
        var lane = new Lane(traffic, [new Instance(traffic, upstream.Port)]);
        var context = new DefaultHttpContext { Request = { Method = "GET", Protocol = "HTTP/1.1", Host = new HostString("a") } };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";
        context.Features.Set<IHttpResponseBodyFeature>(new Body(taken));

        return (await forwarder.ForwardAsync(context, lane, lane.Instances[0].Address, withholdNotFound: false).WaitAsync(TimeSpan.FromSeconds(30))).Outcome;
    }

    private sealed class Body(bool taken) : IHttpResponseBodyFeature
    {
        public Stream Stream => throw new NotSupportedException();

        public PipeWriter Writer { get; } = new Pipe(taken);

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;
    }

    private sealed class Pipe(bool taken) : PipeWriter
    {
        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 4096)];

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(new FlushResult(isCanceled: false, isCompleted: !taken));
    }
}
