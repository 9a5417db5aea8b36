namespace Deployment.Providers.Local.Hosting;

/// <summary>Listening sockets of another process, which this one has now, too.</summary>
/// <param name="processId">The process that sent them.</param>
internal sealed class ReceivedSockets(int processId)
{
    private readonly Dictionary<string, int> _descriptors = new(StringComparer.Ordinal);

    public int ProcessId { get; } = processId;

    /// <summary>The descriptors by address and port. Whoever takes them closes them.</summary>
    public IReadOnlyDictionary<string, int> Descriptors => _descriptors;

    public void Add(string name, int descriptor)
    {
        if (!_descriptors.TryAdd(name, descriptor))
        {
            _ = Libc.Close(descriptor);
        }
    }

    /// <summary>Closes them all.</summary>
    public void Close()
    {
        foreach (int descriptor in _descriptors.Values)
        {
            _ = Libc.Close(descriptor);
        }

        _descriptors.Clear();
    }
}
