using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>What a router counts about one revision, across all tables that name it.</summary>
internal sealed class RevisionTraffic(string revision)
{
    private readonly LatencyHistogram _latency = new();
    private long _requests;
    private long _errors;
    private long _inFlight;

    public string Revision { get; } = revision;

    public long InFlight => Interlocked.Read(ref _inFlight);

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

    public RevisionMetrics Metrics() =>
        new(Interlocked.Read(ref _requests), Interlocked.Read(ref _errors), InFlight, _latency.Counts(), _latency.Seconds);
}
