using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Sends copies of a target's requests to its candidate and compares the answers. Users never wait for them, nor see them.</summary>
internal sealed class Mirror(MirrorClient client)
{
    private MirrorRequest? _followed;
    private MirrorTally? _tally;
    private long _sent;
    private long _skipped;
    private long _failed;
    private long _same;
    private long _otherStatus;
    private long _otherBody;

    public MirrorMetrics Metrics() => new(
        Interlocked.Read(ref _sent),
        Interlocked.Read(ref _skipped),
        Interlocked.Read(ref _failed),
        Interlocked.Read(ref _same),
        Interlocked.Read(ref _otherStatus),
        Interlocked.Read(ref _otherBody));

    /// <summary>What was found of the copies that a deployment asked for; null while it asks for none.</summary>
    public MirrorTallyMetrics? Copies => Volatile.Read(ref _tally)?.Metrics();

    /// <summary>Counts anew where a deployment asks for other copies than before.</summary>
    public void Follow(MirrorRequest? now)
    {
        if (now != _followed)
        {
            _followed = now;
            Volatile.Write(ref _tally, now is null ? null : new MirrorTally(now.Revision));
        }
    }

    /// <summary>Sends the copy when it is this request's turn, or has it sent once its body is known; null when it isn't.</summary>
    public MirroredRequest? Begin(HttpContext context, ActiveTable table, Lane lane)
    {
        RouteTable rules = table.Table;
        if (rules.MirrorPercent == 0 || table.Shadow is not { } shadow || shadow.Traffic == lane.Traffic)
        {
            return null;
        }

        bool safe = RequestRules.IsSafe(context);
        if (!(safe || (rules.Mirror is { AllMethods: true } && RequestRules.IsOneExchange(context))) || table.Mirror.Next() == 0)
        {
            return null;
        }

        MirrorTally? tally = rules.Mirror is null ? null : Volatile.Read(ref _tally);
        return client.TryEnter() ? Enter(context, shadow, tally, safe, rules.Rules.MirrorComparesBodies) : Skip(tally);
    }

    /// <summary>Sends the copy of a request whose body has passed, or gives its place back where that can't be copied.</summary>
    public Task<MirrorAnswer?>? SendLate(HttpContext context, Lane shadow, byte[]? body, MirrorTally? tally)
    {
        if (body is not null && CopyOf(context, shadow, new ByteArrayContent(body)) is { } copy)
        {
            return Send(copy, tally, BodyHash.Of(context) is not null);
        }

        client.Leave();
        Skip(tally);
        return null;
    }

    public void Count(MirrorAnswer user, MirrorAnswer? candidate)
    {
        if (candidate is null)
        {
            Interlocked.Increment(ref _failed);
        }
        else if (candidate.Status != user.Status)
        {
            Interlocked.Increment(ref _otherStatus);
        }
        else if (candidate.Hash != user.Hash)
        {
            Interlocked.Increment(ref _otherBody);
        }
        else
        {
            Interlocked.Increment(ref _same);
        }
    }

    private MirroredRequest? Enter(HttpContext context, Lane shadow, MirrorTally? tally, bool safe, bool comparesBodies)
    {
        if (!safe)
        {
            if (RecordedBody.Begin(context, client.Time) is { } body)
            {
                return new MirroredRequest(this, tally, context, comparesBodies, client.Time) { Shadow = shadow, Body = body };
            }
        }
        else if (CopyOf(context, shadow, null) is { } copy)
        {
            // Made now: the client's request is gone when the answer is.
            return new MirroredRequest(this, tally, context, comparesBodies, client.Time) { Shadow = shadow, Copy = Send(copy, tally, comparesBodies) };
        }

        client.Leave();
        return Skip(tally);
    }

    private Task<MirrorAnswer?> Send(HttpRequestMessage copy, MirrorTally? tally, bool hashes)
    {
        Interlocked.Increment(ref _sent);
        tally?.Sent();
        return client.SendAsync(copy, hashes);
    }

    private MirroredRequest? Skip(MirrorTally? tally)
    {
        Interlocked.Increment(ref _skipped);
        tally?.Skipped();
        return null;
    }

    // What can't be copied is nothing to the user, whose own request goes on as it is.
    private HttpRequestMessage? CopyOf(HttpContext context, Lane shadow, HttpContent? content)
    {
        try
        {
            HttpRequestMessage? copy = ForwardedRequest.Of(context, shadow.Of(shadow.Turn(), 0).Address, client.Proxies, shadow.Upstream.Version, content);
            copy?.Headers.Remove(ForwardedHeaders.MirrorName);
            copy?.Headers.TryAddWithoutValidation(ForwardedHeaders.MirrorName, "1");
            return copy;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
