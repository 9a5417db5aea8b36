using System.Globalization;

namespace Deployment.Providers.Prometheus.Http;

/// <summary>
/// How far the clock of Prometheus is from ours. Samples bear its time, and the last shift of traffic bears ours: without the difference
/// "since" would be another moment there.
/// </summary>
internal sealed class ServerClock(PrometheusClient client, PrometheusOptions options)
{
    private static readonly TimeSpan _validity = TimeSpan.FromMinutes(1);
    private static readonly PrometheusQuestion _question = new("time()", null);
    private Measured? _last;

    /// <summary>Measures it if that was not done lately.</summary>
    /// <returns>How far it is ahead of ours at most: below 0 when it is behind.</returns>
    /// <exception cref="Deployment.Analysis.MetricSourceException">It is off by more than is allowed, or could not be asked.</exception>
    internal async Task<TimeSpan> AheadAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && options.TimeProvider.GetElapsedTime(last.Timestamp) < _validity)
        {
            return last.Ahead;
        }

        DateTimeOffset before = options.TimeProvider.GetUtcNow();
        PrometheusAnswer answer = await client.AskAsync(_question, cancellationToken);
        DateTimeOffset after = options.TimeProvider.GetUtcNow();
        if (answer.Series is not [{ Points: [{ Value: >= 0 and < 253_402_300_799 and double seconds }] }])
        {
            throw answer.Problem("It does not tell its time.");
        }

        var theirs = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000));

        // It was read somewhere between before and after.
        TimeSpan least = theirs - after;
        TimeSpan most = theirs - before;
        if (least > options.MaxClockDifference || most < -options.MaxClockDifference)
        {
            throw answer.Problem(string.Create(
                CultureInfo.InvariantCulture,
                $"Its clock says {theirs:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} and that of this machine {after.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}; at most {options.MaxClockDifference.TotalSeconds:0.###} s may lie between them, because what was before the last traffic shift could not be told from what was after. Set both by NTP."));
        }

        _last = new Measured(options.TimeProvider.GetTimestamp(), most);
        return most;
    }

    private sealed record Measured(long Timestamp, TimeSpan Ahead);
}
