using System.Globalization;

namespace QuickStart.Load;

/// <summary>Says how many requests a second each version answered since it was last asked.</summary>
internal sealed class RateMeter(LoadGenerator load)
{
    private LoadCounts _before = load.Counts;
    private long _since = TimeProvider.System.GetTimestamp();

    public string Read()
    {
        LoadCounts now = load.Counts;
        double seconds = TimeProvider.System.GetElapsedTime(_since).TotalSeconds;
        _since = TimeProvider.System.GetTimestamp();
        string[] rates = [.. now.ByVersion.Select(version => string.Create(
            CultureInfo.InvariantCulture, $"{version.Key}: {(version.Value - _before.ByVersion.GetValueOrDefault(version.Key)) / seconds,4:0}/s"))];
        _before = now;
        return string.Create(CultureInfo.InvariantCulture, $"load   {string.Join("   ", rates)}   failed: {now.Failed} of {now.Sent}");
    }
}
