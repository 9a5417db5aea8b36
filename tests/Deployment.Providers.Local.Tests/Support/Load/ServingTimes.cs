namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>When each revision was allowed to answer: from just before it is given traffic until the switch away from it has been confirmed.</summary>
internal sealed class ServingTimes
{
    private readonly Lock _changing = new();
    private readonly Dictionary<string, List<(long Begin, long End)>> _times = [];

    public static long Now => TimeProvider.System.GetTimestamp();

    public void Begin(string version)
    {
        lock (_changing)
        {
            (_times.TryGetValue(version, out List<(long Begin, long End)>? times) ? times : _times[version] = []).Add((Now, long.MaxValue));
        }
    }

    public void End(string version)
    {
        lock (_changing)
        {
            _times[version][^1] = (_times[version][^1].Begin, Now);
        }
    }

    /// <summary>Whether a request that began at a time may be answered by a version at another.</summary>
    public bool May(string version, long begin, long end)
    {
        lock (_changing)
        {
            return _times.TryGetValue(version, out List<(long Begin, long End)>? times) && times.Exists(time => time.Begin <= end && time.End >= begin);
        }
    }

    /// <summary>Whether another version was about to be given traffic while a request to this one was under way.</summary>
    public bool BeganMeanwhile(string version, long begin, long end)
    {
        lock (_changing)
        {
            return _times.Any(times => times.Key != version && times.Value.FindLast(time => time.Begin < end).Begin > begin);
        }
    }
}
