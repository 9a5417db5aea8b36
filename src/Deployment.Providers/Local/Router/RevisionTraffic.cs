using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>What a router counts about one revision, across all tables of a target that name it.</summary>
internal sealed class RevisionTraffic(string revision)
{
    private readonly LatencyHistogram _latency = new();
    private long _requests;
    private long _errors;
    private long _inFlight;
    private long _leftByDrains;
    private long _cutByDrains;
    private long _webSocketsCut;
    private int _turns = -1;

    public string Revision { get; } = revision;

    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Takes the next of the turns in which its instances are asked.</summary>
    public uint Turn() => (uint)Interlocked.Increment(ref _turns);

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    public void Count(bool failed, TimeSpan duration)
    {
        Interlocked.Increment(ref _requests);
        if (failed)
        {
            Interlocked.Increment(ref _errors);
        }

        _latency.Add(duration);
    }

    /// <summary>Counts one that was broken off.</summary>
    public void CountCut() => Interlocked.Increment(ref _cutByDrains);

    /// <summary>Counts requests that a drain's deadline found in flight, and left alone.</summary>
    public void CountLeft(long requests) => Interlocked.Add(ref _leftByDrains, requests);

    /// <summary>Counts web sockets that were cut because their instance took no requests any more.</summary>
    public void CountWebSocketsCut(int count) => Interlocked.Add(ref _webSocketsCut, count);

    public RevisionMetrics Metrics() => new(
        Interlocked.Read(ref _requests),
        Interlocked.Read(ref _errors),
        InFlight,
        Interlocked.Read(ref _leftByDrains),
        Interlocked.Read(ref _cutByDrains),
        _latency.Counts(),
        _latency.Seconds)
    {
        WebSocketsCut = Interlocked.Read(ref _webSocketsCut),
    };
}
