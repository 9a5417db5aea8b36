using System.Text;
using System.Text.Json.Nodes;
using Deployment.Analysis;
using Deployment.Json;

namespace Deployment.Tests.Analysis;

/// <summary>Whatever a blob holds, it is a record or one error that says what is wrong.</summary>
[Category("Unit")]
public sealed class WatchRecordFileTests
{
    private static readonly JsonObject Good = Recorded();

    private static IEnumerable<TestCaseData> Damages()
    {
        TestCaseData Case(string name, string why, Action<JsonObject> damage) => new TestCaseData(damage, why).SetArgDisplayNames(name);
        JsonObject Series(JsonObject record) => record["series"]![0]!.AsObject();
        JsonObject Sample(JsonObject record) => Series(record)["samples"]!["seen"]![1]!["sample"]!.AsObject();
        void Count(JsonObject record, double[] bounds, int index, string bucket)
        {
            Series(record)["samples"]!["buckets"] = new JsonArray(new JsonArray([.. bounds.Select(bound => JsonValue.Create(bound))]));
            JsonObject seen = Series(record)["samples"]!["seen"]![1]!.AsObject();
            seen["in"] = index;
            seen["counts"] = new JsonObject { [bucket] = 1 };
        }

        yield return Case("no format", "has no format", record => record.Remove("format"));
        yield return Case("format as text", "has no format", record => record["format"] = "1");
        yield return Case("later format", "has format 3; this version of the library reads format 2", record => record["format"] = 3);
        yield return Case("member is missing", "can't be used", record => record.Remove("subject"));
        yield return Case("null member", "can't be used", record => record["looks"] = null);
        yield return Case("no looks", "it has no looks", record => record["looks"] = new JsonArray());
        yield return Case("looks are mixed", "its looks are not in order", record => record["looks"] = new JsonArray(record["looks"]![1]!.DeepClone(), record["looks"]![0]!.DeepClone()));
        yield return Case("end of time", "a time in it is impossible", record => record["until"] = "9999-12-31T23:59:59.9999999+00:00");
        yield return Case("begin of time", "a time in it is impossible", record => record["since"] = "0001-01-01T00:00:00+00:00");
        yield return Case("endless warm-up", "its warm-up is impossible", record => record["warmUp"] = "10675199.02:48:05.4775807");
        yield return Case("outcome by number", "it has no outcome", record => record["outcome"] = 77);
        yield return Case("no finding", "a finding in it is none", record => record["findings"] = new JsonArray((JsonNode?)null));
        yield return Case("no series", "a series in it is none", record => record["series"] = new JsonArray((JsonNode?)null));
        yield return Case("name of a metric", "The metric name 'a\\u000ab' can't be used", record => Series(record)["metric"] = "a\nb");
        yield return Case("kind by number", "error rate is no metric", record => Series(record)["kind"] = 9);
        yield return Case("quantile", "error rate is no metric", record => Series(record)["quantile"] = 1.5);
        yield return Case("distribution of no quantile", "error rate is no metric", record => Series(record)["kind"] = "Distribution");
        yield return Case("no sample", "error rate has what is no sample", record => Series(record)["samples"]!["seen"]![0] = null);
        yield return Case("sample of nothing", "a sample has nothing that makes a ratio", record => Sample(record).Remove("bad"));
        yield return Case("more bad than all", "a sample has 30 bad ones of 20", record => Sample(record)["bad"] = 30);
        yield return Case("samples are mixed", "the samples of error rate are not in order", record => Series(record)["samples"]!["seen"]![0]!["seen"] = record["looks"]!.AsArray()[^1]!.DeepClone());
        yield return Case("samples overlap", "both tell of the same time, which would count twice", record => Sample(record)["from"] = Series(record)["samples"]!["seen"]![0]!["sample"]!["from"]!.DeepClone());
        yield return Case("share above all", "a sample says that 7 of all were bad", record => Sample(record)["value"] = 7);
        yield return Case("no watches", "the number of watches is impossible", record => record["watches"] = 0);
        yield return Case("sample out of time", "a time of error rate is impossible", record => Sample(record)["from"] = "0001-01-01T00:00:00+00:00");
        yield return Case("number that is none", "can't be used", record => Sample(record)["bad"] = "NaN");
        yield return Case("histogram that is none", "A histogram needs rising, finite bounds", record => Count(record, [2, 1], 0, "0"));
        yield return Case("buckets that are not there", "A sample names buckets that are not there", record => Count(record, [1, 2], 1, "0"));
        yield return Case("no buckets before the first", "A sample names buckets that are not there", record => Count(record, [1, 2], -1, "0"));
        yield return Case("bucket that is not there", "A sample names buckets that are not there", record => Count(record, [1, 2], 0, "3"));
        yield return Case("bucket that is none", "can't be used", record => Count(record, [1, 2], 0, "first"));
        yield return Case("too many bounds", "Its histograms have too many bounds", record => Count(record, [.. Enumerable.Range(1, 2001).Select(bound => (double)bound)], 0, "0"));
        yield return Case("bounds that are missing", "can't be used", record => Series(record)["samples"]!.AsObject().Remove("buckets"));
        yield return Case("revision that is none", "can't be used", record => record["subject"]!["candidate"] = "../..");
    }

    [TestCaseSource(nameof(Damages))]
    public void Read_Damaged_SaysWhatIsWrong(object damage, string why)
    {
        JsonObject record = Good.DeepClone().AsObject();
        ((Action<JsonObject>)damage)(record);

        FluentActions.Invoking(() => Read(record.ToJsonString())).Should().Throw<DeploymentException>().WithMessage($"The record abc of a watch *{why.Replace("*", "?", StringComparison.Ordinal)}*");
    }

    /// <summary>What was recorded of the baseline decides as much, and comes from the same place.</summary>
    [TestCase("null", "it is empty")]
    [TestCase("{}", "can't be used")]
    [TestCase("[null]", "a series in it was not recorded of a baseline")]
    [TestCase("live", "a series in it was not recorded of a baseline")]
    [TestCase("sample", "a sample has 30 bad ones of 20")]
    [TestCase("time", "a time of error rate is impossible")]
    public void ReadBaseline_Damaged_SaysWhatIsWrong(string damage, string why)
    {
        JsonArray all = Baseline();
        JsonObject series = all[0]!.AsObject();
        switch (damage)
        {
            case "live":
                series.Remove("isRecorded");
                break;
            case "sample":
                series["samples"]!["seen"]![1]!["sample"]!["bad"] = 30;
                break;
            case "time":
                series["samples"]!["seen"]![0]!["sample"]!["from"] = "0001-01-01T00:00:00+00:00";
                break;
        }

        FluentActions.Invoking(() => WatchRecordFile.ReadBaseline(Encoding.UTF8.GetBytes(damage is "null" or "{}" or "[null]" ? damage : all.ToJsonString()), "abc"))
            .Should().Throw<DeploymentException>().WithMessage($"The record abc of a watch *{why}*");
    }

    [Test]
    public void ReadBaseline_AsItWasWritten_IsRead() =>
        WatchRecordFile.ReadBaseline(Encoding.UTF8.GetBytes(Baseline().ToJsonString()), "abc").Should().ContainSingle().Which.Samples.Should().NotBeEmpty();

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{\"format\":2}")]
    [TestCase("{\"format\":2,")]
    [TestCase("\u0000\u0001")]
    public void Read_NoRecord_IsAnError(string json) =>
        FluentActions.Invoking(() => Read(json)).Should().Throw<DeploymentException>().WithMessage("The record abc of a watch *");

    [Test]
    public void Read_NestedTooDeep_IsAnError() =>
        FluentActions.Invoking(() => Read(new string('[', 100_000))).Should().Throw<DeploymentException>().WithMessage("The record abc of a watch can't be used: *");

    [Test]
    public void Read_AnyByteTurned_IsARecordOrAnError()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Good.ToJsonString());
        var random = new Random(11);
        int errors = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] turned = [.. bytes];
            turned[random.Next(turned.Length)] = (byte)random.Next(256);
            try
            {
                WatchRecordFile.Read(turned, "abc").Looks.Should().NotBeEmpty();
            }
            catch (DeploymentException)
            {
                errors++;
            }
        }

        errors.Should().BeGreaterThan(500, "most bytes of JSON matter");
    }

    [Test]
    public void Read_Good_IsTheRecord() => JsonNode.DeepEquals(JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Read(Good.ToJsonString()), CoreJson.Default.WatchRecord)), Good).Should().BeTrue();

    [Test]
    public void Replay_RecordIsMissing_SaysSo() => Replayed(null)
        .Should().Throw<DeploymentException>().WithMessage("What 'Watch for 5 min' (*) saw can't be read. The record * of a watch is missing from the store. Restore the store from a backup.");

    [Test]
    public void Replay_RecordIsDamaged_SaysSo() => Replayed(Encoding.UTF8.GetBytes("{\"format\":7}"))
        .Should().Throw<DeploymentException>().WithMessage("What 'Watch for 5 min' (*) saw can't be read. The record * of a watch has format 7; *");

    private static WatchRecord Read(string json) => WatchRecordFile.Read(Encoding.UTF8.GetBytes(json), "abc");

    private static Action Replayed(byte[]? instead)
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10))) { Errors = _ => 0.5 };
        string hash = Watched.Verdict(watched.Deploy()).Detail!["record"];
        return () => watched.World.Time.Run(() => watched.World.Pipeline(more: pipeline => pipeline.UseStore(new BlobStore(watched.World.Store, hash, instead))).ReplayAsync(watched.World.RunOf("1.1.0")!.Id));
    }

    private static JsonObject Recorded()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10))) { Errors = _ => 0.5 };
        string hash = Watched.Verdict(watched.Deploy()).Detail!["record"];
        return JsonNode.Parse(watched.World.Store.GetBlobAsync(hash, CancellationToken.None).Result!.Value.Span)!.AsObject();
    }

    private static JsonArray Baseline()
    {
        JsonObject series = Good["series"]![0]!.DeepClone().AsObject();
        series["side"] = "Baseline";
        series["isRecorded"] = true;
        return new JsonArray(series);
    }
}
