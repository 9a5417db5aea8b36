using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>A request that the candidate is sent a copy of: at once, or once its body is known.</summary>
internal sealed class MirroredRequest
{
    private readonly Mirror _mirror;
    private readonly MirrorTally? _tally;
    private readonly BodyHash? _hash;
    private readonly TimeProvider _timeProvider;
    private readonly long _begun;
    private long _answered;

    public MirroredRequest(Mirror mirror, MirrorTally? tally, HttpContext context, bool comparesBodies, TimeProvider timeProvider)
    {
        _mirror = mirror;
        _tally = tally;
        _timeProvider = timeProvider;
        _begun = timeProvider.GetTimestamp();
        _hash = comparesBodies ? BodyHash.Begin(context) : null;
        context.Response.OnStarting(
            static state =>
            {
                var request = (MirroredRequest)state;
                request._answered = request._timeProvider.GetTimestamp();
                return Task.CompletedTask;
            },
            this);
    }

    /// <summary>What the copy is answered; null while the copy waits for its body.</summary>
    public Task<MirrorAnswer?>? Copy { get; init; }

    /// <summary>The body that the copy waits for.</summary>
    public RecordedBody? Body { get; init; }

    /// <summary>Who gets the copy.</summary>
    public required Lane Shadow { get; init; }

    /// <summary>Compares once the candidate has answered, which nobody waits for. What the user got no whole answer to is not compared.</summary>
    public void Compare(HttpContext context, bool answered)
    {
        Task<MirrorAnswer?>? copy = Copy;
        if (Body is { } body)
        {
            copy = _mirror.SendLate(context, Shadow, answered ? body.Whole : null, _tally);
        }

        if (copy is null)
        {
            return;
        }

        if (answered)
        {
            long asked = Math.Max(_begun, Body?.Ended ?? 0);
            // A whole short answer goes out with its head only now.
            long began = _answered == 0 ? _timeProvider.GetTimestamp() : _answered;
            TimeSpan latency = began > asked ? _timeProvider.GetElapsedTime(asked, began) : TimeSpan.Zero;
            _ = CountAsync(copy, new MirrorAnswer(context.Response.StatusCode, _hash?.Value(), latency));
        }
        else
        {
            _tally?.Moot();
        }
    }

    private async Task CountAsync(Task<MirrorAnswer?> copy, MirrorAnswer user)
    {
        MirrorAnswer? candidate = await copy;
        _mirror.Count(user, candidate);
        _tally?.Settle(user, candidate);
    }
}
