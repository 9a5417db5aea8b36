using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router;

/// <summary>Keeps a request's body while it is handed on, for its copy. One that is too large is handed on and not kept.</summary>
internal sealed class RecordedBody : PipeReader, IRequestBodyPipeFeature
{
    /// <summary>The largest body that is kept: as many copies as there are places take so much memory at most.</summary>
    public const int Most = 64 * 1024;

    private readonly PipeReader _inner;
    private readonly TimeProvider _timeProvider;
    private readonly ArrayBufferWriter<byte> _kept = new();
    private ReadResult _read;
    private bool _isTooLarge;

    private RecordedBody(PipeReader inner, TimeProvider timeProvider)
    {
        _inner = inner;
        _timeProvider = timeProvider;
    }

    public PipeReader Reader => this;

    /// <summary>The body; null when it was not read to its end, or is too large.</summary>
    public byte[]? Whole => Ended is null || _isTooLarge ? null : _kept.WrittenSpan.ToArray();

    /// <summary>When all of it had been handed on; null before that.</summary>
    public long? Ended { get; private set; }

    /// <summary>Keeps the body of a request from now on; null when it says itself that it is too large.</summary>
    public static RecordedBody? Begin(HttpContext context, TimeProvider timeProvider)
    {
        if (context.Request.ContentLength > Most)
        {
            return null;
        }

        var body = new RecordedBody(context.Request.BodyReader, timeProvider);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            body.Ended = timeProvider.GetTimestamp();
        }
        else
        {
            context.Features.Set<IRequestBodyPipeFeature>(body);
        }

        return body;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => _read = await _inner.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        bool any = _inner.TryRead(out result);
        _read = any ? result : _read;
        return any;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ReadOnlySequence<byte> taken = _read.Buffer.Slice(0, consumed);
        Keep(taken);
        if (_read.IsCompleted && taken.Length == _read.Buffer.Length)
        {
            Ended ??= _timeProvider.GetTimestamp();
        }

        _read = default;
        _inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    private void Keep(ReadOnlySequence<byte> taken)
    {
        if (_isTooLarge || _kept.WrittenCount + taken.Length > Most)
        {
            _isTooLarge = true;
            _kept.Clear();
            return;
        }

        foreach (ReadOnlyMemory<byte> piece in taken)
        {
            _kept.Write(piece.Span);
        }
    }
}
