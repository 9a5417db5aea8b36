using System.Net;
using Amazon.Runtime;
using Deployment.Analysis;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Metrics;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Metric = Deployment.Analysis.Metric;

namespace Deployment.Providers.Aws.Tests.Lambda.Metrics;

/// <summary>What CloudWatch doesn't have, or not yet, never counts as success.</summary>
public sealed class FeedTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly MetricQuery[] _queries = [new("Invocations", "Sum", [("FunctionName", "shop")]), new("Errors", "Sum", [("FunctionName", "shop")])];

    [Test]
    public void Feed_AnInvocationThatEndsByItsTimeout_Counts()
    {
        using var rig = new LambdaRig(options => options.Timeout = TimeSpan.FromMinutes(5));
        Revision revision = rig.Revision("1.0.0");
        rig.Bring(revision);
        DateTimeOffset now = rig.Time.Clock.GetUtcNow();
        DateTimeOffset start = now + TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (now.Ticks % TimeSpan.TicksPerMinute));
        rig.Watch.Invoke(1, start, TimeSpan.FromSeconds(1), fails: false);
        rig.Watch.Invoke(1, start + TimeSpan.FromSeconds(59), TimeSpan.FromMinutes(5), fails: true);
        IMetricFeed feed = ((IMetricSource)rig.Target).Open(Metric.ErrorRate, new MetricSubject("production", "live", revision.Id), start);
        var read = new List<MetricSample>();
        rig.Time.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                read.AddRange(await feed.ReadAsync(CancellationToken.None));
                await Task.Delay(_minute / 2, rig.Time.Clock);
            }
        });
        read[0].Should().Be(MetricSample.Ratio(start, start + _minute, 1, 2));
    }

    [Test]
    public void Feed_MinuteWithInvocationsAndNoErrorsYet_IsReadAgain()
    {
        Dictionary<DateTimeOffset, double> invocations = new() { [_start] = 5, [_start + _minute] = 7 };
        Dictionary<DateTimeOffset, double> errors = new() { [_start] = 0 };
        FunctionMetrics.CompleteUntil([invocations, errors], _start, _start + (_minute * 3)).Should().Be(_start + _minute);
        errors[_start + _minute] = 3;
        FunctionMetrics.CompleteUntil([invocations, errors], _start, _start + (_minute * 3)).Should().Be(_start + (_minute * 3), "a minute without either had no invocation");
    }

    [TestCase("<member><Id>q1</Id><StatusCode>InternalError</StatusCode><Timestamps/><Values/></member>", "*Errors*InternalError*")]
    [TestCase("<member><Id>q1</Id><StatusCode>Forbidden</StatusCode><Timestamps/><Values/></member>", "*Errors*Forbidden*")]
    [TestCase("<member><Id>q1</Id><StatusCode>PartialData</StatusCode><Timestamps/><Values/></member>", "*Errors*PartialData*")]
    [TestCase("", "*Errors*nothing*")]
    [TestCase("<member><Id>q1</Id><StatusCode>Complete</StatusCode><Timestamps/><Values/></member><member><Id>q1</Id><StatusCode>Complete</StatusCode><Timestamps/><Values/></member>", "*two results*")]
    public async Task Client_AnswerThatIsNotWhole_IsRefused(string errors, string message)
    {
        await using WebApplication app = await AnswerAsync([errors]);
        await Client(app).Invoking(client => client.GetMetricDataAsync(_queries, _start, _start + _minute, CancellationToken.None)).Should().ThrowAsync<FormatException>().WithMessage(message);
    }

    [Test]
    public async Task Client_AnswerOfSeveralPages_IsPutTogether()
    {
        await using WebApplication app = await AnswerAsync(
        [
            "<member><Id>q1</Id><StatusCode>PartialData</StatusCode><Timestamps><member>2026-01-01T00:00:00Z</member></Timestamps><Values><member>3</member></Values></member>",
            "<member><Id>q1</Id><StatusCode>Complete</StatusCode><Timestamps><member>2026-01-01T00:01:00Z</member></Timestamps><Values><member>4</member></Values></member>",
        ]);
        IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>> values = await Client(app).GetMetricDataAsync(_queries, _start, _start + (_minute * 2), CancellationToken.None);
        values[1].Should().BeEquivalentTo(new Dictionary<DateTimeOffset, double> { [_start] = 3, [_start + _minute] = 4 });
    }

    private static CloudWatchClient Client(WebApplication app) =>
        new(new AwsAccess(new AwsOptions { Region = "eu-central-1", Endpoint = new Uri(app.Urls.Single()), Credentials = new BasicAWSCredentials("AKIDTESTS", "secret"), Attempts = 1 }));

    // docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
    private static async Task<WebApplication> AnswerAsync(string[] pages)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        int page = 0;
        app.Run(http =>
        {
            string invocations = page == 0 ? "<member><Id>q0</Id><StatusCode>Complete</StatusCode><Timestamps><member>2026-01-01T00:00:00Z</member></Timestamps><Values><member>100</member></Values></member>" : "";
            string errors = pages[page++];
            return http.Response.WriteAsync($"<GetMetricDataResponse><GetMetricDataResult><MetricDataResults>{invocations}{errors}</MetricDataResults>{(page < pages.Length ? "<NextToken>more</NextToken>" : "")}</GetMetricDataResult></GetMetricDataResponse>");
        });
        await app.StartAsync();
        return app;
    }
}
