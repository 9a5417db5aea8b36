using System.Globalization;

namespace QuickStart.Load;

/// <summary>Checks that load really ran while something happened: a deployment without users proves nothing.</summary>
internal sealed class RateCheck(LoadGenerator load)
{
    private const int LeastPerSecond = 200;

    private readonly long _answered = load.Counts.Answered;
    private readonly long _begin = TimeProvider.System.GetTimestamp();

    public IEnumerable<string> Problems(string version)
    {
        double rate = (load.Counts.Answered - _answered) / TimeProvider.System.GetElapsedTime(_begin).TotalSeconds;
        if (rate < LeastPerSecond)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Only {rate:0} requests a second were answered while {version} was deployed; {LeastPerSecond} are needed. Is the machine busy with something else?");
        }
    }
}
