using Deployment.Providers.Prometheus.Http;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>What feeds share.</summary>
internal sealed record FeedContext(PrometheusClient Client, ServerClock Clock, PrometheusOptions Options)
{
    /// <summary>Now by the clock of Prometheus, perhaps a little later: nothing that it has is left out.</summary>
    internal async Task<(long Now, TimeSpan Ahead)> NowAsync(CancellationToken cancellationToken)
    {
        TimeSpan ahead = await Clock.AheadAsync(cancellationToken);
        return ((Options.TimeProvider.GetUtcNow() + ahead).ToUnixTimeMilliseconds(), ahead);
    }

    /// <summary>
    /// A moment of ours by the clock of Prometheus. Where that may be ahead it is later there; where it is behind the moment stays, because
    /// it is also compared with the samples' times as they are.
    /// </summary>
    internal static long ServerTime(DateTimeOffset moment, TimeSpan ahead) =>
        (moment + (ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero)).ToUnixTimeMilliseconds();
}
