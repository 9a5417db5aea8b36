using System.Globalization;
using Deployment.Providers.Prometheus.Queries;

namespace Deployment.Providers.Prometheus.Http;

/// <summary>One question: a query of a moment, or of several at a step.</summary>
/// <param name="Query">The query.</param>
/// <param name="At">The moment, in milliseconds of the epoch; null for now by the server's clock.</param>
internal sealed record PrometheusQuestion(string Query, long? At)
{
    /// <summary>For several moments the first one; <see cref="At"/> is then the last.</summary>
    internal long? From { get; private init; }

    private TimeSpan Step { get; init; }

    /// <summary>Where it is sent to, below the API's root.</summary>
    internal string Path => From is null ? "query" : "query_range";

    internal static PrometheusQuestion Range(string query, long from, long to, TimeSpan step) => new(query, to) { From = from, Step = step };

    /// <summary>The fields of the form.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Fields(TimeSpan timeout)
    {
        yield return new("query", Query);
        yield return new("timeout", PromQl.Duration(timeout));
        if (From is { } from)
        {
            yield return new("start", Seconds(from));
            yield return new("end", Seconds(At!.Value));
            yield return new("step", Step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture));
        }
        else if (At is { } at)
        {
            yield return new("time", Seconds(at));
        }
    }

    /// <summary>What people see of it.</summary>
    public override string ToString() => From is { } from ? $"{Query} from {Moment(from)} to {Moment(At!.Value)} each {PromQl.Duration(Step)}" : At is { } at ? $"{Query} at {Moment(at)}" : Query;

    private static string Moment(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Seconds(long at) => (at / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
}
