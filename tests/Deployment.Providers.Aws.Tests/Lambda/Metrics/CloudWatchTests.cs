using System.Globalization;
using System.Text;
using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Metrics;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Secrets;

namespace Deployment.Providers.Aws.Tests.Lambda.Metrics;

public sealed class CloudWatchTests : MotoTest
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Feed_MinutesOfAVersion_AreReadOnceAndOnlyWhenTheyAreComplete()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var start = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, now.Minute, 0, TimeSpan.Zero) - TimeSpan.FromMinutes(30);
        var clock = new ManualClock(start);
        LambdaTarget target = Function.Target(options => options.TimeProvider = clock);
        Revision revision = await Function.RevisionAsync(target, "1.0.0");
        await MotoFunction.RunAsync(target, target.Update(revision));
        await PutAsync("Invocations", start + _minute, 1, 20);
        await PutAsync("Errors", start + _minute, 1, 3);
        await PutAsync("Duration", start + _minute, 1, 250);
        await PutAsync("Invocations", start + (_minute * 2), 1, 5);
        await PutAsync("Errors", start + (_minute * 2), 1, 0);
        // Another version's, and what is invoked without the alias, are not its own.
        await PutAsync("Invocations", start + _minute, 2, 1000);
        var subject = new MetricSubject("production", "live", revision.Id);
        IMetricSource source = target;
        IMetricFeed errors = source.Open(Metric.ErrorRate, subject, start + TimeSpan.FromSeconds(20));
        IMetricFeed requests = source.Open(Metric.RequestRate, subject, start + TimeSpan.FromSeconds(20));
        (await errors.ReadAsync(CancellationToken.None)).Should().BeEmpty();

        clock.Advance(TimeSpan.FromMinutes(4.5));
        IReadOnlyList<MetricSample> samples = await errors.ReadAsync(CancellationToken.None);
        samples.Should().Equal(MetricSample.Ratio(start + _minute, start + (_minute * 2), 3, 20));
        (await requests.ReadAsync(CancellationToken.None)).Should().Equal(MetricSample.Counted(start + _minute, start + (_minute * 2), 20));
        (await errors.ReadAsync(CancellationToken.None)).Should().BeEmpty("nothing new is complete");
        clock.Advance(_minute * 2);
        (await errors.ReadAsync(CancellationToken.None)).Should().Equal(
            MetricSample.Ratio(start + (_minute * 2), start + (_minute * 3), 0, 5),
            MetricSample.Ratio(start + (_minute * 3), start + (_minute * 4), 0, 0));
        await source.ProbeAsync(CancellationToken.None);
    }

    [Test]
    public async Task Commands_OfAMetric_ReadTheSame()
    {
        LambdaTarget target = Function.Target();
        Revision revision = await Function.RevisionAsync(target, "1.0.0");
        await MotoFunction.RunAsync(target, target.Update(revision));
        DateTimeOffset at = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(5);
        await PutAsync("Invocations", at, 1, 20);
        await PutAsync("Errors", at, 1, 3);
        IReadOnlyList<string> lines = ((IMetricSource)target).Commands(Metric.ErrorRate, new MetricSubject("production", "live", revision.Id));
        CommandResult read = await new CommandRunner(TimeProvider.System).RunAsync(
            Command.Of("bash", "--norc") with { Environment = Moto.Environment.Add("AWS_PAGER", "").Add("PATH", "/usr/bin:/bin"), StandardInput = new Secret(string.Join('\n', [.. lines, ""])), Timeout = TimeSpan.FromMinutes(2) }, null, CancellationToken.None);
        read.ExitCode.Should().Be(0, read.Error);
        read.Output.Should().Contain("\"Sum\": 20.0").And.Contain("\"Sum\": 3.0");
    }

    [Test]
    public void Samples_OfLatencies_AreInSecondsAndOnlyWhereThereWereInvocations()
    {
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var invocations = new Dictionary<DateTimeOffset, double> { [start] = 7 };
        var durations = new Dictionary<DateTimeOffset, double> { [start] = 125 };
        FunctionMetrics.SamplesOf(Metric.LatencyP95, [invocations, durations], start, start + (_minute * 2)).Should().Equal(MetricSample.Figure(start, start + _minute, 0.125, 7));
    }

    [Test]
    public void Measures_WhatAwsCountsByVersion_AndNothingElse()
    {
        IMetricSource source = Function.Target();
        var subject = new MetricSubject("production", "live", new RevisionId("shop", "1.0.0", 1));
        new[] { Metric.ErrorRate, Metric.RequestRate, Metric.LatencyP50, Metric.Latency(0.999), LambdaMetric.Throttles }.Should().OnlyContain(metric => source.Measures(metric, subject));
        source.Measures(Metric.Cpu, subject).Should().BeFalse();
        source.Remembers(Metric.ErrorRate, subject).Should().BeTrue();
    }

    [Test]
    public async Task Probe_NobodyAnswers_SaysSo()
    {
        IMetricSource source = Function.Target(options => (options.Aws.Endpoint, options.Aws.Attempts) = (new Uri("http://127.0.0.1:9"), 1));
        (await source.Invoking(one => one.ProbeAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).WithMessage("*cloudwatch:GetMetricData*");
    }

    // By AWS's own Query protocol: newer aws tools speak another one, which this emulator doesn't.
    private async Task PutAsync(string metric, DateTimeOffset at, int version, double value)
    {
        (string Name, string Value)[] form =
        [
            ("Action", "PutMetricData"), ("Version", "2010-08-01"), ("Namespace", "AWS/Lambda"),
            ("MetricData.member.1.MetricName", metric),
            ("MetricData.member.1.Timestamp", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)),
            ("MetricData.member.1.Value", value.ToString(CultureInfo.InvariantCulture)),
            ("MetricData.member.1.Dimensions.member.1.Name", "FunctionName"), ("MetricData.member.1.Dimensions.member.1.Value", Function.Name),
            ("MetricData.member.1.Dimensions.member.2.Name", "Resource"), ("MetricData.member.1.Dimensions.member.2.Value", $"{Function.Name}:live"),
            ("MetricData.member.1.Dimensions.member.3.Name", "ExecutedVersion"), ("MetricData.member.1.Dimensions.member.3.Value", version.ToString(CultureInfo.InvariantCulture)),
        ];
        await new AwsAccess(Moto.Options).SendAsync(new AwsService("CloudWatch", "monitoring"), new AwsRestRequest("PutMetricData", metric, "POST", "/")
        {
            ContentType = "application/x-www-form-urlencoded; charset=utf-8",
            Body = Encoding.UTF8.GetBytes(string.Join('&', form.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))),
        }, CancellationToken.None);
    }
}
