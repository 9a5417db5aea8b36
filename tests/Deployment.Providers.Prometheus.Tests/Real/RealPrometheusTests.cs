using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Tests;

namespace Deployment.Providers.Prometheus.Tests.Real;

/// <summary>A real Prometheus scrapes real processes.</summary>
[Category("Prometheus")]
public sealed class RealPrometheusTests
{
    private const string Of = "revision=\"{revision}\"";
    private static int _revisions;
    private RealPrometheus _prometheus = null!;
    private PrometheusSource _source = null!;
    private readonly List<Exporter> _exporters = [];
    private RevisionId _revision = null!;

    private MetricSubject Subject => new("production", "web", _revision);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _prometheus = await RealPrometheus.StartAsync();
        _source = PrometheusSource.At(_prometheus.Address, options =>
        {
            options.ScrapeInterval = RealPrometheus.ScrapeInterval;
            options.Timeout = TimeSpan.FromSeconds(60);
            options.Ratio(Metric.ErrorRate, bad: $"requests_total{{{Of},code=~\"5..\"}}", all: $"requests_total{{{Of}}}");
            options.Counter(Metric.RequestRate, $"requests_total{{{Of}}}");
            options.Distribution($"seconds_bucket{{{Of}}}", Metric.LatencyP50, Metric.LatencyP95);
            options.Level(Metric.Memory, $"memory{{{Of}}}");
            options.Level(Metric.ActiveConnections, $"memory{{{Of}}}", PrometheusAggregate.Sum);
            options.Counter(Metric.Restarts, $"requests_total{{{Of},code=~\"(\"}}");
            options.Expression(
                Metric.Network, $"sum(rate(requests_total{{{Of},code=~\"5..\"}}[{{window}}]))", freshness: $"requests_total{{{Of}}}", window: TimeSpan.FromSeconds(4));
        });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _source?.Dispose();
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }
    }

    [SetUp]
    public void Begin() => _revision = new RevisionId("shop", "1.0.0", ++_revisions);

    [TearDown]
    public async Task EndAsync()
    {
        foreach (Exporter exporter in _exporters)
        {
            await exporter.DisposeAsync();
        }

        _exporters.Clear();
    }

    private async Task<Exporter> InstanceAsync(bool stamped = false, params string[] series) => (await InstancesAsync([_revision], stamped, series))[0];

    private async Task<Exporter[]> InstancesAsync(RevisionId[] revisions, bool stamped = false, params string[] series)
    {
        List<(Exporter Exporter, string Revision)> instances = [];
        foreach (RevisionId revision in revisions)
        {
            Exporter exporter = await Exporter.StartAsync(stamped);
            _exporters.Add(exporter);
            await exporter.CountAsync(series.Length > 0 ? series : ["requests_total{code=\"200\"} 1000"]);
            instances.Add((exporter, revision.ToString()));
        }

        await _prometheus.ScrapeAsync([.. instances]);
        return [.. instances.Select(instance => instance.Exporter)];
    }

    private IMetricFeed Open(Metric metric, DateTimeOffset? since = null) => _source.Open(metric, Subject, since ?? TimeProvider.System.GetUtcNow());

    private Task ScrapedAsync(double total) =>
        Until.TrueAsync(async () => (await _prometheus.ValuesAsync($"sum(requests_total{{revision=\"{_revision}\"}})")).SequenceEqual([total]), $"{total} requests are scraped");

    [Test]
    public async Task Read_WhileTwoProcessesCount_EveryEventComesOnce()
    {
        Exporter[] instances = await InstancesAsync([_revision, _revision, new RevisionId("shop", "2.0.0", _revision.Attempt)]);
        DateTimeOffset since = TimeProvider.System.GetUtcNow();
        IMetricFeed feed = Open(Metric.ErrorRate, since);
        List<MetricSample> samples = [];
        await feed.ReadMoreAsync(samples, 1);
        samples.Sum(sample => sample.Events).Should().Be(0, "nothing was counted since");

        double good = 0;
        double bad = 0;
        // Over several scrapes, however fast the machine counts.
        for (int round = 0; round < 150 || (samples.Count(sample => sample.Events > 0) < 5 && round < 50_000); round++)
        {
            int some = round % 7;
            int few = round % 11 == 0 ? 2 : 0;
            await instances[round % 2].CountAsync(some, few);
            await instances[2].CountAsync(100, 100);
            good += some;
            bad += few;
            samples.AddRange(await feed.ReadAsync(CancellationToken.None));
        }

        await feed.ReadAsync(samples, () => samples.Sum(sample => sample.Events) >= good + bad, "all events come");
        await feed.ReadMoreAsync(samples, 3);

        samples.Sum(sample => sample.Events).Should().Be(good + bad);
        samples.Sum(sample => sample.Bad).Should().Be(bad);
        samples.Count(sample => sample.Events > 0).Should().BeGreaterThanOrEqualTo(5);
        samples.Should().OnlyContain(sample => sample.From >= since);
        samples.Zip(samples.Skip(1)).Should().OnlyContain(pair => pair.First.At == pair.Second.From && pair.Second.From < pair.Second.At);

        // Without a memory of what it had, the same events come with each reading.
        double? forgetful = 0;
        for (int i = 0; i < 2; i++)
        {
            forgetful += (await Open(Metric.ErrorRate, since).ReadAsync(CancellationToken.None)).Sum(sample => sample.Bad);
        }

        forgetful.Should().Be(2 * bad);
    }

    [Test]
    public async Task Read_ProcessRestarts_NeitherLosesNorDoubles()
    {
        Exporter exporter = (await InstancesAsync([_revision, _revision]))[0];
        IMetricFeed feed = Open(Metric.ErrorRate);
        List<MetricSample> samples = [];
        await feed.ReadMoreAsync(samples, 1);
        await exporter.CountAsync(good: 10, bad: 2);
        await feed.ReadAsync(samples, () => samples.Sum(sample => sample.Events) == 12, "what was counted before the restart");

        await exporter.RestartAsync();
        await exporter.CountAsync(good: 7, bad: 1);
        await feed.ReadAsync(samples, () => samples.Sum(sample => sample.Events) >= 20, "what was counted after it");
        await feed.ReadMoreAsync(samples, 3);

        samples.Sum(sample => sample.Events).Should().Be(20);
        samples.Sum(sample => sample.Bad).Should().Be(3);
    }

    [Test]
    public async Task Read_ErrorsBeforeTheShift_AreInNoSampleThoughARateStillHasThem()
    {
        Exporter exporter = await InstanceAsync(series: ["requests_total{code=\"200\"} 1000", "requests_total{code=\"500\"} 0"]);
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        await Open(Metric.ErrorRate, before).ReadMoreAsync([], 1);
        await exporter.CountAsync(good: 0, bad: 5000);
        await ScrapedAsync(6000);

        DateTimeOffset since = TimeProvider.System.GetUtcNow();
        IMetricFeed feed = Open(Metric.ErrorRate, since);
        IMetricFeed expression = Open(Metric.Network, since);
        List<MetricSample> samples = [];
        List<MetricSample> computed = [];
        await feed.ReadMoreAsync(samples, 1);
        await exporter.CountAsync(good: 50);
        await feed.ReadAsync(samples, () => samples.Sum(sample => sample.Events) >= 50, "what was counted since");
        await expression.ReadMoreAsync(computed, 2);

        samples.Sum(sample => sample.Bad).Should().Be(0);
        samples.Sum(sample => sample.Events).Should().Be(50);
        computed.Should().OnlyContain(sample => sample.Value == 0 && sample.From >= since);

        // What is usually asked has them all the while, and so has the source from a moment before them.
        (await _prometheus.ValuesAsync($"sum(increase(requests_total{{revision=\"{_revision}\"}}[5m]))")).Single().Should().BeGreaterThan(1000);
        List<MetricSample> all = [];
        IMetricFeed early = Open(Metric.ErrorRate, before);
        await early.ReadAsync(all, () => all.Sum(sample => sample.Bad) >= 5000, "the errors, from before");
        all.Sum(sample => sample.Bad).Should().Be(5000);
    }

    [Test]
    public async Task Read_ProcessEnds_SamplesEndThereThoughAQueryOfAMomentAnswersWithTheTimeOfAsking()
    {
        Exporter exporter = await InstanceAsync(stamped: true);
        IMetricFeed feed = Open(Metric.RequestRate);
        IMetricFeed expression = Open(Metric.Network);
        await exporter.CountAsync(good: 1, bad: 1);
        List<MetricSample> samples = [];
        List<MetricSample> computed = [];
        await feed.ReadMoreAsync(samples, 2);
        await expression.ReadMoreAsync(computed, 1);

        await exporter.StopAsync();
        DateTimeOffset ended = TimeProvider.System.GetUtcNow();
        string query = $"requests_total{{revision=\"{_revision}\",code=\"200\"}}";
        DateTimeOffset answered = default;
        await Until.TrueAsync(
            async () =>
            {
                samples.AddRange(await feed.ReadAsync(CancellationToken.None));
                computed.AddRange(await expression.ReadAsync(CancellationToken.None));
                answered = (await _prometheus.AskAsync(query)).Single().At;
                return answered > ended.AddSeconds(9);
            },
            "the query answers with later times");

        samples[^1].At.Should().BeOnOrBefore(ended).And.BeBefore(answered.AddSeconds(-9));
        computed[^1].At.Should().BeOnOrBefore(ended);
    }

    [Test]
    public async Task Read_ProcessEndsAndPrometheusKnows_SamplesEndWithoutAnError()
    {
        Exporter exporter = await InstanceAsync();
        IMetricFeed feed = Open(Metric.RequestRate);
        List<MetricSample> samples = [];
        await feed.ReadMoreAsync(samples, 1);
        await exporter.StopAsync();
        DateTimeOffset ended = TimeProvider.System.GetUtcNow();

        await Until.TrueAsync(async () => (await _prometheus.ValuesAsync($"requests_total{{revision=\"{_revision}\"}}")).Length == 0, "Prometheus forgets it");
        samples.AddRange(await feed.ReadAsync(CancellationToken.None));

        samples[^1].At.Should().BeOnOrBefore(ended);
    }

    [Test]
    public async Task Read_Buckets_EveryEventIsInItsOwn()
    {
        string[] none = ["seconds_bucket{le=\"0.1\"} 10", "seconds_bucket{le=\"1\"} 20", "seconds_bucket{le=\"+Inf\"} 30"];
        Exporter[] instances = await InstancesAsync([_revision, _revision], series: none);
        IMetricFeed feed = Open(Metric.LatencyP95);
        List<MetricSample> samples = [];
        await feed.ReadMoreAsync(samples, 1);
        for (int i = 0; i < 20; i++)
        {
            await instances[0].CountAsync("seconds_bucket{le=\"0.1\"} 1", "seconds_bucket{le=\"1\"} 3", "seconds_bucket{le=\"+Inf\"} 3");
            await instances[1].CountAsync("seconds_bucket{le=\"1\"} 0", "seconds_bucket{le=\"+Inf\"} 1");
            samples.AddRange(await feed.ReadAsync(CancellationToken.None));
        }

        await feed.ReadAsync(samples, () => samples.Sum(sample => sample.Events) >= 80, "all events");
        await feed.ReadMoreAsync(samples, 2);

        MetricHistogram all = samples.Select(sample => sample.Histogram!).Aggregate((one, other) => one.Plus(other));
        all.Bounds.Should().Equal(0.1, 1);
        all.Counts.Should().Equal(20, 40, 20);
    }

    [Test]
    public async Task Read_Gauges_AreOneByAnAggregateAndElseAnError()
    {
        Exporter one = await InstanceAsync(series: ["=memory 2"]);
        IMetricFeed alone = Open(Metric.Memory);
        List<MetricSample> samples = [];
        await alone.ReadMoreAsync(samples, 2);
        samples.Should().OnlyContain(sample => sample.Value == 2);

        Exporter two = await InstanceAsync(series: ["=memory 3"]);
        MetricSourceException problem = (await FluentActions.Awaiting(() => alone.ReadMoreAsync([], 1000)).Should().ThrowAsync<MetricSourceException>()).Which;
        problem.Message.Should().Contain("2 series").And.Contain(one.Address).And.Contain(two.Address);

        List<MetricSample> sums = [];
        await Open(Metric.ActiveConnections).ReadMoreAsync(sums, 3);
        sums[^1].Value.Should().Be(5);
    }

    [Test]
    public async Task Read_QueryIsRefused_ShowsQueryAndAnswer()
    {
        MetricSourceException problem = (await FluentActions.Awaiting(() => Open(Metric.Restarts).ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).Which;

        problem.Message.Should().Contain("status 400").And.Contain("bad_data").And.Contain($"{_revision}\",code=~\"(\"}}").And.Contain("\"status\":\"error\"");
    }

    [Test]
    public async Task Read_RevisionIsNotScraped_IsAnError() =>
        await FluentActions.Awaiting(() => Open(Metric.ErrorRate).ReadMoreAsync([], 1)).Should().ThrowAsync<MetricSourceException>().WithMessage("*no series*\"result\":[]*");

    [Test]
    public async Task Read_PrometheusAsksForAPassword_ItIsGivenAndShownNowhere()
    {
        await using RealPrometheus closed = await RealPrometheus.StartAsync(withPassword: true);
        await using Exporter exporter = await Exporter.StartAsync();
        await exporter.CountAsync(good: 1);
        await closed.ScrapeAsync((exporter, _revision.ToString()));
        var secrets = new OneSecret { Value = RealPrometheus.Password };
        using PrometheusSource source = PrometheusSource.At(closed.Address, options =>
        {
            options.ScrapeInterval = RealPrometheus.ScrapeInterval;
            options.Authentication = PrometheusAuthentication.Basic(RealPrometheus.User, "PROMETHEUS_PASSWORD");
            options.Secrets = secrets;
            options.Counter(Metric.RequestRate, $"requests_total{{{Of}}}");
        });
        IMetricFeed feed = source.Open(Metric.RequestRate, Subject, TimeProvider.System.GetUtcNow());
        List<MetricSample> samples = [];

        await feed.ReadMoreAsync(samples, 1);

        samples.Should().NotBeEmpty();
        (await ByHandAsync(source)).Should().Contain("\"status\":\"success\"").And.Contain("requests_total").And.Contain(_revision.ToString());
        secrets.Value = "close sesame";
        using PrometheusSource refused = PrometheusSource.At(closed.Address, options =>
        {
            options.Authentication = PrometheusAuthentication.Basic(RealPrometheus.User, "PROMETHEUS_PASSWORD");
            options.Secrets = secrets;
            options.Counter(Metric.RequestRate, $"requests_total{{{Of}}}");
        });
        MetricSourceException problem = (await FluentActions.Awaiting(() => refused.Open(Metric.RequestRate, Subject, TimeProvider.System.GetUtcNow()).ReadAsync(CancellationToken.None))
            .Should().ThrowAsync<MetricSourceException>()).Which;
        problem.ToString().Should().Contain("status 401").And.NotContain("sesame");
    }

    // As a person pastes it.
    private async Task<string> ByHandAsync(PrometheusSource source)
    {
        RealComponent.Require("curl");
        Command command = Command.Of("sh", "-c", source.Commands(Metric.RequestRate, Subject).Single()) with
        {
            SecretEnvironment = new Dictionary<string, Secret> { ["PROMETHEUS_PASSWORD"] = new(RealPrometheus.Password) },
        };
        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(command, null, CancellationToken.None);
        return result.Output + result.Error;
    }

    private sealed class OneSecret : ISecretStore
    {
        public required string Value { get; set; }

        public Task<Secret> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(new Secret(Value));
    }
}
