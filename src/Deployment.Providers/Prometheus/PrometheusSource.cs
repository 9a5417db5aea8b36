using Deployment.Analysis;
using Deployment.Providers.Prometheus.Feeds;
using Deployment.Providers.Prometheus.Http;
using Deployment.Providers.Prometheus.Queries;

namespace Deployment.Providers.Prometheus;

/// <summary>
/// Metrics from Prometheus, or from what speaks its HTTP API, such as Thanos or Mimir. Samples bear the time at which they were scraped,
/// and none has anything in it from before the last shift of traffic.
/// </summary>
public sealed class PrometheusSource : IMetricSource, IDisposable
{
    private readonly Uri _root;
    private readonly PrometheusOptions _options;
    private readonly Dictionary<(string Metric, bool OfCohorts), MetricDefinition> _definitions;
    private readonly PrometheusClient _client;
    private readonly FeedContext _context;

    private PrometheusSource(Uri root, PrometheusOptions options, IReadOnlyList<MetricDefinition> definitions)
    {
        _root = root;
        _options = options;
        _definitions = definitions.ToDictionary(definition => (definition.Metric.Name, definition.IsOfCohorts));
        _client = new PrometheusClient(root, options);
        _context = new FeedContext(_client, new ServerClock(_client, options), options);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>A source that asks the Prometheus at an address.</summary>
    /// <param name="address">Such as <c>http://prometheus:9090</c>; with a path where the API is below one. Without user, query and fragment.</param>
    /// <param name="configure">Says how it is asked, and for which metrics: at least one.</param>
    /// <exception cref="DeploymentValidationException">Something of it can't be used; all errors are reported together.</exception>
    public static PrometheusSource At(string address, Action<PrometheusOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(configure);
        var given = new PrometheusOptions();
        configure(given);
        PrometheusOptions options = given.Copy();
        List<string> problems = [.. options.Problems()];
        bool isAddress = Uri.TryCreate(address.EndsWith('/') ? address : address + "/", UriKind.Absolute, out Uri? root)
            && root.Scheme is "http" or "https" && root.UserInfo.Length == 0 && root.Query.Length == 0 && root.Fragment.Length == 0;
        if (!isAddress)
        {
            // An address with a password in it must not be shown in the very message that refuses it.
            problems.Insert(0, $"The address '{PromQl.Printable(address[(address.LastIndexOf('@') + 1)..])}' can't be asked: take http:// or https:// and a host, without a user (see {nameof(PrometheusOptions.Authentication)}), a query and a fragment.");
        }

        IReadOnlyList<MetricDefinition> definitions = options.Definitions(problems);
        return problems.Count > 0
            ? throw new DeploymentValidationException($"The source '{PromQl.Printable(options.Name ?? "")}'", [.. problems.Distinct()])
            : new PrometheusSource(root!, options, definitions);
    }

    /// <inheritdoc/>
    /// <remarks>Asks it for its time, which must be near ours: <see cref="PrometheusOptions.MaxClockDifference"/>.</remarks>
    public Task ProbeAsync(CancellationToken cancellationToken) => _context.Clock.AheadAsync(cancellationToken);

    /// <inheritdoc/>
    public bool Measures(Metric metric, MetricSubject subject) => Find(metric, subject) is not null;

    /// <inheritdoc/>
    public bool Remembers(Metric metric, MetricSubject subject) => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) =>
        Find(metric, subject) is { } definition ? [.. definition.Questions(subject, _options).Select(query => CurlCommand.Print(_root, _options, query))] : [];

    /// <inheritdoc/>
    /// <exception cref="DeploymentException">It doesn't measure this.</exception>
    public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since) => Find(metric, subject) is { } definition
        ? definition.Open(_context, subject, since)
        : throw new DeploymentException($"{Name} doesn't measure '{metric}' of {subject}. Define it with the source{(subject.Cohort is null ? "" : ", with {cohort} in each of its queries")}.");

    /// <summary>Closes the connections. What reads from it then fails.</summary>
    public void Dispose() => _client.Dispose();

    private MetricDefinition? Find(Metric metric, MetricSubject subject)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(subject);
        return _definitions.TryGetValue((metric.Name, subject.Cohort is not null), out MetricDefinition? definition) && definition.Metric == metric with { CountsInWarmUp = definition.Metric.CountsInWarmUp }
            ? definition
            : null;
    }
}
