namespace QuickStart.Load;

/// <summary>Counts ended requests. All connections share one.</summary>
internal sealed class LoadTally
{
    private const int FailuresKept = 10;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _byVersion = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private long _failed;

    public LoadCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new LoadCounts(_byVersion.Values.Sum() + _failed, _failed, new SortedDictionary<string, long>(_byVersion), [.. _failures]);
            }
        }
    }

    public void Answered(string version)
    {
        lock (_lock)
        {
            _byVersion[version] = _byVersion.GetValueOrDefault(version) + 1;
        }
    }

    public void Failed(string why)
    {
        lock (_lock)
        {
            _failed++;
            if (_failures.Count < FailuresKept)
            {
                _failures.Add(why);
            }
        }
    }
}
