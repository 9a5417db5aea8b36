namespace Deployment.Providers.Local.Router;

/// <summary>An instance that requests go to, the same one in every table that names it.</summary>
internal sealed class Instance(RevisionTraffic traffic, int port)
{
    private CutSignal _cut = CutSignal.New();
    private long _inFlight;
    private int _streak;
    private volatile bool _healthy = true;

    /// <summary>What is counted about its revision.</summary>
    public RevisionTraffic Traffic { get; } = traffic;

    public int Port { get; } = port;

    public Uri Address { get; } = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri;

    /// <summary>Whether it is in the rotation. It begins there: the supervisor routes to nothing that was not ready.</summary>
    public bool IsHealthy => _healthy;

    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Cancelled when what is in flight now is to be broken off.</summary>
    public CancellationToken CutToken => Volatile.Read(ref _cut).Token;

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

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
            Traffic.CountLeft(left);
        }

        return left;
    }

    /// <summary>Takes the outcome of a probe; true when that changes whether it is in the rotation.</summary>
    public bool Probed(bool well, int unhealthyAfter, int healthyAfter)
    {
        _streak = well == _healthy ? 0 : _streak + 1;
        if (_streak < (well ? healthyAfter : unhealthyAfter))
        {
            return false;
        }

        _streak = 0;
        _healthy = well;
        return true;
    }
}
