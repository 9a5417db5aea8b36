using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Sends copies of a target's safe requests to its candidate and compares the answers. Users never wait for them, nor see them.</summary>
internal sealed class Mirror(MirrorClient client)
{
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

    /// <summary>Sends the copy when it is this request's turn; null when it isn't.</summary>
    public MirroredRequest? Begin(HttpContext context, ActiveTable table, Lane lane)
    {
        SiteRules rules = table.Table.Rules;
        if (rules.MirrorPercent == 0 || table.Shadow is not { } shadow || shadow == lane || !RequestRules.IsSafe(context) || table.Mirror.Next() == 0)
        {
            return null;
        }

        if (!client.TryEnter())
        {
            Interlocked.Increment(ref _skipped);
            return null;
        }

        // Made now: the client's request is gone when the answer is.
        if (CopyOf(context, shadow) is not { } copy)
        {
            client.Leave();
            Interlocked.Increment(ref _skipped);
            return null;
        }

        Interlocked.Increment(ref _sent);
        return new MirroredRequest(this, client.SendAsync(copy, rules.MirrorComparesBodies), rules.MirrorComparesBodies ? BodyHash.Begin(context) : null);
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

    // What can't be copied is nothing to the user, whose own request goes on as it is.
    private HttpRequestMessage? CopyOf(HttpContext context, Lane shadow)
    {
        try
        {
            HttpRequestMessage? copy = ForwardedRequest.Of(context, shadow.Of(shadow.Turn(), 0).Address, client.Proxies, shadow.Upstream.Version, null);
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
