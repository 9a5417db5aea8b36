namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>One connection of the load, from its opening to its end, shared by the requests that it bears at once.</summary>
/// <param name="connection">The connection.</param>
/// <param name="began">When it was about to be opened.</param>
/// <param name="requests">How many requests it is used for.</param>
internal sealed class LoadUse(ILoadConnection connection, long began, int requests)
{
    private int _left = requests;
    private volatile bool _closed;
    private volatile bool _broken;
    private string? _version;

    public ILoadConnection Connection => connection;

    public long Began => began;

    public bool IsBroken => _broken;

    /// <summary>False when there is to be no other request on it.</summary>
    public bool TryBegin() => !_closed && !_broken && Interlocked.Decrement(ref _left) >= 0;

    /// <summary>The other side closes it.</summary>
    public void Close() => _closed = true;

    public void Break() => _broken = true;

    /// <summary>Whether this version gave its first answer.</summary>
    public bool IsOf(string version) => (Interlocked.CompareExchange(ref _version, version, null) ?? version) == version;
}
