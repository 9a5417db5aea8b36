using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>What a router counts about one revision, across all tables of a target that name it.</summary>
internal sealed class RevisionTraffic(string revision)
{
    private readonly LatencyHistogram _latency = new();
    // Each request is counted in one of them: whoever reads both never sees more errors than requests.
    private long _fine;
    private long _failed;
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
        Interlocked.Increment(ref failed ? ref _failed : ref _fine);
        _latency.Add(duration);
    }

    /// <summary>Counts one that was broken off.</summary>
    public void CountCut() => Interlocked.Increment(ref _cutByDrains);

    /// <summary>Counts requests that a drain's deadline found in flight, and left alone.</summary>
    public void CountLeft(long requests) => Interlocked.Add(ref _leftByDrains, requests);

    /// <summary>Counts web sockets that were cut because their instance took no requests any more.</summary>
    public void CountWebSocketsCut(int count) => Interlocked.Add(ref _webSocketsCut, count);

    public RevisionMetrics Metrics()
    {
        long failed = Interlocked.Read(ref _failed);
        return new RevisionMetrics(
            failed + Interlocked.Read(ref _fine),
            failed,
            InFlight,
            Interlocked.Read(ref _leftByDrains),
            Interlocked.Read(ref _cutByDrains),
            _latency.Counts(),
            _latency.Seconds)
        {
            WebSocketsCut = Interlocked.Read(ref _webSocketsCut),
        };
    }
}
