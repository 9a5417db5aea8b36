namespace Deployment.Providers.Local.Router;

/// <summary>An instance that requests go to, the same one in every table that names its port.</summary>
internal sealed class Instance(int port)
{
    private int _streak;
    private volatile bool _healthy = true;

    public int Port { get; } = port;

    public Uri Address { get; } = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri;

    /// <summary>Whether it is in the rotation. It begins there: the supervisor routes to nothing that was not ready.</summary>
    public bool IsHealthy => _healthy;

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
