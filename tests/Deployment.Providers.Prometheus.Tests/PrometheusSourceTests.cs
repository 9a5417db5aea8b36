using Deployment.Analysis;
using Deployment.Flags;
using Deployment.Providers.Prometheus.Tests.Support;

namespace Deployment.Providers.Prometheus.Tests;

[Category("Unit")]
public sealed class PrometheusSourceTests
{
    private static readonly MetricSubject _cohort = World.Subject with { Cohort = new FlagCohort("new-cart", "10%") };

    private static PrometheusSource Source(Action<PrometheusOptions> configure) => PrometheusSource.At("https://prometheus.example.com/tenant", configure);

    [Test]
    public void At_ManyThingsAreWrong_ReportsAllTogether()
    {
        DeploymentValidationException problem = FluentActions.Invoking(() => PrometheusSource.At("http://ann:hunter2@host", options =>
        {
            options.Name = "";
            options.ScrapeInterval = TimeSpan.Zero;
            options.Timeout = TimeSpan.FromHours(1);
            options.MaxClockDifference = TimeSpan.FromSeconds(-1);
            options.Authentication = PrometheusAuthentication.Basic("a:b", "");
            options.Headers["Authorization"] = "Bearer x";
            options.Headers["bad header"] = "x";
            options.Headers["X-Fine"] = "a\nb";
            options.Ratio(Metric.LatencyP95, bad: "x{a=\"{nothing}\"}", all: "rate(x[5m])");
            options.Counter(Metric.RequestRate, "x");
            options.Counter(Metric.RequestRate, "y");
            options.Distribution("x_bucket");
            options.Level(Metric.Memory, "x{c=\"{cohort}\"}", (PrometheusAggregate)9);
            options.Expression(Metric.Cpu, "rate(x[1m])", "x", TimeSpan.FromDays(1));
            options.Ratio(Metric.ErrorRate, bad: "x{c=\"{cohort}\"}", all: "x");
        })).Should().Throw<DeploymentValidationException>().Which;

        problem.Message.Should().NotContain("hunter2");
        foreach (string part in new[]
        {
            "*address 'host'*", "*Name is empty*", "*ScrapeInterval is*", "*Timeout is*", "*MaxClockDifference is*", "*names no secret*", "*user of Authentication*",
            "*Authorization would be printed*", "*'bad header' is no header*", "*X-Fine*", "*{nothing} isn't known*", "*all of 'latency p95'*give a selector*", "*is a distribution*ratio*",
            "*'request rate' is defined 2 times*", "*read for no metric*", "*aggregate that isn't known*", "*fixed length*", "*window of 'CPU'*", "*'error rate' is defined for the users of a flag*", "*`y` of 'request rate' names neither {revision} nor {version}*",
        })
        {
            problem.Errors.Should().ContainMatch(part);
        }
    }

    [TestCase("ftp://host")]
    [TestCase("host:9090")]
    [TestCase("http://host?x=1")]
    [TestCase("http://host#x")]
    [TestCase("")]
    public void At_AddressCantBeAsked_IsRefused(string address) =>
        FluentActions.Invoking(() => PrometheusSource.At(address, options => options.Counter(Metric.RequestRate, "x{r=\"{revision}\"}")))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().Contain("can't be asked");

    /// <summary>Old and new would be judged as one, and a release compared with itself.</summary>
    [Test]
    public void At_QueriesThatMixReleases_AreRefusedTogether_UnlessTheyMay()
    {
        void Mixed(PrometheusOptions options)
        {
            options.Ratio(Metric.ErrorRate, bad: "x{r=\"{revision}\",code=~\"5..\"}", all: "x{app=\"{application}\"}");
            options.Counter(Metric.Restarts, "y{v=\"{version}\"}", beside: "z");
            options.Expression(Metric.Cpu, "avg(cpu{t=\"{target}\"})", freshness: "cpu{r=\"{revision}\"}");
            options.Level(Metric.Memory, "m{c=\"{cohort}\"}");
        }

        FluentActions.Invoking(() => Source(Mixed)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
            "`x{app=\"{application}\"}` of 'error rate' names neither {revision} nor {version}, and measures the old release and the new one together. Add a label, such as revision=\"{revision}\", or set MayMixReleases.",
            "`z` of 'restarts' names neither {revision} nor {version}, and measures the old release and the new one together. Add a label, such as revision=\"{revision}\", or set MayMixReleases.",
            "`avg(cpu{t=\"{target}\"})` of 'CPU' names neither {revision} nor {version}, and measures the old release and the new one together. Add a label, such as revision=\"{revision}\", or set MayMixReleases.");
        using PrometheusSource source = Source(options =>
        {
            Mixed(options);
            options.MayMixReleases = true;
        });
        source.Measures(Metric.ErrorRate, World.Subject).Should().BeTrue();
    }

    [Test]
    public async Task Probe_ItAnswers_IsFine()
    {
        var world = new World();

        await FluentActions.Awaiting(() => world.Source.ProbeAsync(CancellationToken.None)).Should().NotThrowAsync();
        world.Prometheus.Asked.Should().Equal("time()");
    }

    [Test]
    public async Task Probe_ItRefuses_SaysWhatItAnswered()
    {
        var world = new World();
        world.Prometheus.Instead = (_, _) => FakePrometheus.Answer("who are you?", System.Net.HttpStatusCode.Unauthorized);

        (await FluentActions.Awaiting(() => world.Source.ProbeAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>())
            .WithMessage("*`time()`*401*who are you?*");
    }

    [Test]
    public async Task Probe_ItsClockIsOff_IsRefused()
    {
        var world = new World();
        world.Prometheus.Ahead = TimeSpan.FromMinutes(5);

        (await FluentActions.Awaiting(() => world.Source.ProbeAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).WithMessage("*Its clock says*");
    }

    [Test]
    public void At_NoMetric_IsRefused() =>
        FluentActions.Invoking(() => Source(_ => { })).Should().Throw<DeploymentValidationException>().WithMessage("*No metric is defined*");

    [Test]
    public void Measures_ByMetricAndCohort_WhatIsDefined()
    {
        using PrometheusSource source = Source(options =>
        {
            options.Counter(Metric.RequestRate, "x{r=\"{revision}\"}");
            options.Counter(Metric.Restarts, "y{r=\"{revision}\",c=\"{cohort}\"}");
            options.Level(Metric.Memory, "m{r=\"{revision}\"}");
            options.Level(Metric.Memory, "m{r=\"{revision}\",c=\"{cohort}\"}");
        });

        source.Measures(Metric.RequestRate, World.Subject).Should().BeTrue();
        source.Measures(Metric.RequestRate with { CountsInWarmUp = true }, World.Subject).Should().BeTrue();
        source.Measures(Metric.RequestRate, _cohort).Should().BeFalse("the users without the flag would be among them");
        source.Measures(Metric.Restarts, World.Subject).Should().BeFalse();
        source.Measures(Metric.Restarts, _cohort).Should().BeTrue();
        source.Measures(Metric.Memory, World.Subject).Should().BeTrue();
        source.Measures(Metric.Memory, _cohort).Should().BeTrue();
        source.Measures(Metric.Cpu, World.Subject).Should().BeFalse();
        source.Measures(Metric.Level(Metric.RequestRate.Name, MetricUnit.Count), World.Subject).Should().BeFalse("it only has the name of one");
        source.Open(Metric.Memory, _cohort with { HasFlag = false }, DateTimeOffset.UnixEpoch).Query.Should().Be("m{r=\"shop_2.4.0_1\",c=\"without\"}");
        FluentActions.Invoking(() => source.Open(Metric.Cpu, World.Subject, DateTimeOffset.UnixEpoch)).Should().Throw<DeploymentException>().WithMessage("*doesn't measure 'CPU'*");
    }

    [Test]
    public void Commands_OfAMetric_ArePastedIntoAShell()
    {
        using PrometheusSource source = Source(options =>
        {
            options.Headers["X-Scope-OrgID"] = "my shop";
            options.Ratio(Metric.ErrorRate, bad: "x{r=\"{revision}\",code=~\"5..\"}", all: "x{r=\"{revision}\"}");
            options.Expression(Metric.Cpu, "rate(cpu{t='{target}',v='{version}'}[{window}])", freshness: "cpu{v='{version}'}");
        });

        source.Commands(Metric.ErrorRate, World.Subject).Should().Equal(
            "curl --silent --show-error --max-time 5 --header 'X-Scope-OrgID: my shop' --data-urlencode 'query=x{r=\"shop_2.4.0_1\",code=~\"5..\"}[38s]' https://prometheus.example.com/tenant/api/v1/query",
            "curl --silent --show-error --max-time 5 --header 'X-Scope-OrgID: my shop' --data-urlencode 'query=x{r=\"shop_2.4.0_1\"}[38s]' https://prometheus.example.com/tenant/api/v1/query");
        source.Commands(Metric.Cpu, World.Subject)[0].Should().Contain("'query=rate(cpu{t='\\''web'\\'',v='\\''2.4.0'\\''}[60s])'");
        source.Commands(Metric.Memory, World.Subject).Should().BeEmpty();
    }

    [Test]
    public void Commands_WithCredentials_TakeThemFromAVariableAndNeverAsAnArgument()
    {
        using PrometheusSource bearer = Source(options =>
        {
            options.Authentication = PrometheusAuthentication.Bearer("vault/prom-token");
            options.Counter(Metric.RequestRate, "x");
            options.MayMixReleases = true;
        });
        using PrometheusSource basic = Source(options =>
        {
            options.Authentication = PrometheusAuthentication.Basic("ann b", "PROM_PASSWORD");
            options.Counter(Metric.RequestRate, "x");
            options.MayMixReleases = true;
        });

        bearer.Commands(Metric.RequestRate, World.Subject).Should().Equal(
            "printf 'header = \"Authorization: Bearer %s\"\\n' \"$vault_prom_token\" | curl --config - --silent --show-error --max-time 5 --data-urlencode query=x[38s] https://prometheus.example.com/tenant/api/v1/query"
                .Replace("query=x[38s]", "'query=x[38s]'"));
        basic.Commands(Metric.RequestRate, World.Subject)[0].Should().StartWith("printf 'user = \"%s:%s\"\\n' 'ann b' \"$PROM_PASSWORD\" | curl --config - ");
    }

    [Test]
    public void At_OptionsChangeLater_ChangesNothing()
    {
        PrometheusOptions? kept = null;
        using PrometheusSource source = Source(options =>
        {
            kept = options;
            options.Counter(Metric.RequestRate, "x");
            options.MayMixReleases = true;
        });
        kept!.Headers["X-Late"] = "x";
        kept.Counter(Metric.Restarts, "y");

        source.Commands(Metric.RequestRate, World.Subject)[0].Should().NotContain("X-Late");
        source.Measures(Metric.Restarts, World.Subject).Should().BeFalse();
    }
}
