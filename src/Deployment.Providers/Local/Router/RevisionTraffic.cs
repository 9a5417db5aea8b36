using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>What a router counts about one revision, across all tables of a target that name it.</summary>
internal sealed class RevisionTraffic(string revision)
{
    private readonly LatencyHistogram _latency = new();
    private CutSignal _cut = CutSignal.New();
    private long _requests;
    private long _errors;
    private long _inFlight;
    private long _leftByDrains;
    private long _cutByDrains;
    private long _webSocketsCut;
    private int _turns = -1;

    public string Revision { get; } = revision;

    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Cancelled when what is in flight now is to be broken off.</summary>
    public CancellationToken CutToken => Volatile.Read(ref _cut).Token;

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

    /// <summary>Counts web sockets that were cut because the revision had no share any more.</summary>
    public void CountWebSocketsCut(int count) => Interlocked.Add(ref _webSocketsCut, count);

    /// <summary>A drain's deadline has passed.</summary>
    /// <param name="cut">Whether what is in flight is broken off, or left and counted.</param>
    /// <returns>How many requests that is.</returns>
    public long Overdue(bool cut)
    {
        long left = InFlight;
        if (cut)
        {
            Interlocked.Exchange(ref _cut, CutSignal.New()).Give();
        }
        else
        {
            Interlocked.Add(ref _leftByDrains, left);
        }

        return left;
    }

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
