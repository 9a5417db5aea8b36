using Deployment.Providers.Prometheus.Queries;
using Deployment.Secrets;

namespace Deployment.Providers.Prometheus;

/// <summary>How Prometheus is asked, and for which metrics. Templates of queries: see docs/providers/prometheus.md.</summary>
public sealed partial class PrometheusOptions
{
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>What people call it, in errors and evidence. Default <c>Prometheus</c>.</summary>
    public string Name { get; set; } = "Prometheus";

    /// <summary>
    /// How often Prometheus scrapes the release, which must be right to about a half: it tells late samples from missing ones, and is the
    /// step of expressions. 100 ms to an hour. Default 15 s.
    /// </summary>
    public TimeSpan ScrapeInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one request may take. 100 ms to 5 minutes. Default 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How far the clock of Prometheus may be from that of this machine. 0 to 30 s. Default 10 s.</summary>
    public TimeSpan MaxClockDifference { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether queries may name neither <c>{revision}</c> nor <c>{version}</c>, nor <c>{cohort}</c>, where the whole application is to be measured. Such a metric is not
    /// compared with a baseline that is measured at the same time. Default false: they are refused.
    /// </summary>
    public bool MayMixReleases { get; set; }

    /// <summary>How requests are authenticated; null for not at all. Default null.</summary>
    public PrometheusAuthentication? Authentication { get; set; }

    /// <summary>What gives the secret that <see cref="Authentication"/> names. Default the environment variables of this process.</summary>
    public ISecretStore Secrets { get; set; } = new EnvironmentSecretStore();

    /// <summary>Headers of every request, such as <c>X-Scope-OrgID</c> for a tenant. They are printed: no secrets.</summary>
    public IDictionary<string, string> Headers { get; private set; } = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What sends requests, for a TLS configuration of your own, a proxy, or tests; it stays yours to dispose, and must not follow redirects.
    /// Null for connections of the source's own. Default null.
    /// </summary>
    public HttpMessageHandler? Handler { get; set; }

    /// <summary>The clock of time-outs, which that of Prometheus is compared with. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>How long a scrape that is missing is waited for: one may fail, and the next one be late.</summary>
    internal TimeSpan Patience => ScrapeInterval * 2.5;

    /// <summary>
    /// How long after a shift there may be no series: a counter with labels exists from its first event on, and Prometheus knows of it when
    /// it has scraped that.
    /// </summary>
    internal TimeSpan Grace => ScrapeInterval * 5;

    /// <summary>A copy that later changes don't reach, with its queries.</summary>
    internal PrometheusOptions Copy()
    {
        var copy = (PrometheusOptions)MemberwiseClone();
        copy._registrations = [.. _registrations];
        copy.Headers = new SortedDictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase);
        return copy;
    }

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Any(char.IsControl))
        {
            yield return $"{nameof(Name)} is empty or has a control character in it.";
        }

        foreach ((string name, TimeSpan value, TimeSpan least, TimeSpan most) in new[]
        {
            (nameof(ScrapeInterval), ScrapeInterval, _shortest, TimeSpan.FromHours(1)),
            (nameof(Timeout), Timeout, _shortest, TimeSpan.FromMinutes(5)),
            (nameof(MaxClockDifference), MaxClockDifference, TimeSpan.Zero, TimeSpan.FromSeconds(30)),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {value}; it must be {least} to {most}.";
            }
        }

        if (Secrets is null || TimeProvider is null)
        {
            yield return $"{nameof(Secrets)} and {nameof(TimeProvider)} can't be null.";
        }

        foreach (string problem in (Authentication?.Problems() ?? []).Concat(Headers.SelectMany(header => HeaderProblems(header.Key, header.Value))))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> HeaderProblems(string name, string value)
    {
        if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
        {
            yield return $"The header {name} would be printed with the commands. Use {nameof(Authentication)}, which names a secret.";
        }
        else if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
        {
            yield return $"'{PromQl.Printable(name)}' is no header that requests can have.";
        }
        else if (value is null || value.Length == 0 || !value.All(c => c is >= ' ' and < '\x7f'))
        {
            yield return $"The header {name} has no value, or one that can't be sent: take printable ASCII characters.";
        }
    }
}
