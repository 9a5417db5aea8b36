using System.Globalization;
using Deployment.Analysis;
using Deployment.Flags;
using Deployment.Releases;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class MetricFileTests
{
    private static readonly DateTimeOffset Ten = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);
    private static readonly MetricSubject Subject = new("production", "web", new RevisionId("shop", "1.4.0", 2));

    private ManualClock _clock = new();
    private string _path = "";

    [SetUp]
    public void Make()
    {
        _path = Path.Combine(Directory.CreateTempSubdirectory("dm-").FullName, "samples");
        _clock = new ManualClock(Ten + TimeSpan.FromHours(1));
    }

    [TearDown]
    public void Remove() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Test]
    public async Task Csv_AllColumns_AreRead()
    {
        Write("metric,revision,from,at,value,events,bad", "error rate,1.4.0,2026-01-31T10:00:00Z,2026-01-31T10:00:01Z,,20,1", "error rate,1.4.0,2026-01-31 10:00:01,2026-01-31 10:00:02.5,,30,0");

        (await ReadAsync(Csv)).Should().Equal(MetricSample.Ratio(At(0), At(1), 1, 20), MetricSample.Ratio(At(1), At(2.5), 0, 30));
    }

    [Test]
    public async Task Csv_FewColumnsInAnotherOrder_AreRead()
    {
        Write("at,value,metric,revision", "2026-01-31T11:00:01+01:00,0.5,CPU,1.4.0", "", "2026-01-31T10:00:02Z,6e-1,CPU,1.4.0");

        (await ReadAsync(Csv, Metric.Cpu)).Should().Equal(MetricSample.Level(At(1), 0.5), MetricSample.Level(At(2), 0.6));
    }

    [Test]
    public async Task Csv_QuotedFields_AreWhatIsQuoted()
    {
        var metric = Metric.Level("a, \"b\"", MetricUnit.Count);
        Write("metric,revision,at,value", "\"a, \"\"b\"\"\",\"1.4.0\",\"2026-01-31T10:00:01Z\",\"7\"");

        (await ReadAsync(Csv, metric)).Should().Equal(MetricSample.Level(At(1), 7));
    }

    [Test]
    public async Task JsonLines_EachKind_IsRead()
    {
        Write(
            """{"metric":"error rate","revision":"1.4.0","from":"2026-01-31T10:00:00Z","at":"2026-01-31T10:00:01Z","events":20,"bad":1}""",
            """{"metric":"latency p95","revision":"1.4.0","from":"2026-01-31T10:00:00","at":"2026-01-31T10:00:01","histogram":{"bounds":[0.1,1],"counts":[18,1,0]}}""",
            """  """,
            """{"metric":"CPU","revision":"1.4.0","at":"2026-01-31T10:00:02Z","value":0.25}""");

        (await ReadAsync(JsonLines)).Should().Equal(MetricSample.Ratio(At(0), At(1), 1, 20));
        (await ReadAsync(JsonLines, Metric.LatencyP95)).Should().Equal(MetricSample.Distribution(At(0), At(1), new MetricHistogram([0.1, 1], [18, 1, 0])));
        (await ReadAsync(JsonLines, Metric.Cpu)).Should().Equal(MetricSample.Level(At(2), 0.25));
        new MetricSeries(Metric.LatencyP95, await ReadAsync(JsonLines, Metric.LatencyP95)).Size.Should().Be(19, "a histogram knows its events");
    }

    [Test]
    public async Task Revision_ByIdOrByVersion_AndNoOther()
    {
        Write("metric,revision,at,value", "CPU,1.4.0,2026-01-31T10:00:01Z,1", "CPU,shop_1.4.0_2,2026-01-31T10:00:02Z,2", "CPU,shop_1.4.0_1,2026-01-31T10:00:03Z,3", "CPU,1.3.0,2026-01-31T10:00:04Z,4", "cpu,1.4.0,2026-01-31T10:00:05Z,5");

        (await ReadAsync(Csv, Metric.Cpu)).Select(sample => sample.Value).Should().Equal(1, 2);
    }

    [Test]
    public async Task Since_NothingOfBeforeIsGiven()
    {
        Write("metric,revision,from,at,events,bad", "error rate,1.4.0,2026-01-31T10:00:00Z,2026-01-31T10:00:02Z,1,0", "error rate,1.4.0,2026-01-31T10:00:01Z,2026-01-31T10:00:02Z,2,0");

        (await Csv().Open(Metric.ErrorRate, Subject, At(1)).ReadAsync(CancellationToken.None)).Select(sample => sample.Events).Should().Equal(2);
    }

    [Test]
    public async Task Read_AGrowingFile_GivesEachSampleOnce([Values] bool json)
    {
        Write(json ? [] : ["metric,revision,at,value"]);
        string Line(double second) => json
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"metric":"CPU","revision":"1.4.0","at":"2026-01-31T10:00:{{second:00.0}}Z","value":{{second}}}""")
            : string.Create(CultureInfo.InvariantCulture, $"CPU,1.4.0,2026-01-31T10:00:{second:00.0}Z,{second}");
        IMetricFeed feed = (json ? JsonLines() : Csv()).Open(Metric.Cpu, Subject, Ten);
        List<double?> seen = [];
        async Task LookAsync() => seen.AddRange((await feed.ReadAsync(CancellationToken.None)).Select(sample => sample.Value));

        await LookAsync();
        await File.AppendAllTextAsync(_path, Line(1) + "\n" + Line(2) + "\n" + Line(2.5)[..^1]);
        await LookAsync();
        seen.Should().Equal([1, 2], "of a line that has not ended nobody can tell what it will be");
        await LookAsync();
        await File.AppendAllTextAsync(_path, Line(2.5)[^1] + "\r\n" + Line(2.5) + "\n");
        await LookAsync();
        await LookAsync();

        seen.Should().Equal(1, 2, 2.5, 2.5);
    }

    [Test]
    public async Task Read_SamplesOfTheFuture_WaitForTheirTime()
    {
        Write("metric,revision,at,value", "CPU,1.4.0,2026-01-31T11:00:05Z,5", "CPU,1.4.0,2026-01-31T11:00:00Z,1", "CPU,1.4.0,2026-01-31T11:00:02Z,2");
        IMetricFeed feed = Csv().Open(Metric.Cpu, Subject, Ten);
        List<string> looks = [];
        for (int look = 0; look < 4; look++)
        {
            looks.Add(string.Join(",", (await feed.ReadAsync(CancellationToken.None)).Select(sample => sample.Value)));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        looks.Should().Equal("1", "2", "", "5");
    }

    [Test]
    public async Task Read_ALineThatWasMended_IsReadThenWithAllAroundIt()
    {
        Write("metric,revision,at,value", "CPU,1.4.0,2026-01-31T10:00:01Z,1", "CPU,1.4.0,2026-01-31T10:00:02Z,x", "CPU,1.4.0,2026-01-31T10:00:03Z,3");
        IMetricFeed feed = Csv().Open(Metric.Cpu, Subject, Ten);
        for (int look = 0; look < 2; look++)
        {
            (await feed.Awaiting(one => one.ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).WithMessage("*Line 3 has 'x' as 'value', which is no number.*");
        }

        Write("metric,revision,at,value", "CPU,1.4.0,2026-01-31T10:00:01Z,1", "CPU,1.4.0,2026-01-31T10:00:02Z,2", "CPU,1.4.0,2026-01-31T10:00:03Z,3");

        (await feed.ReadAsync(CancellationToken.None)).Select(sample => sample.Value).Should().Equal(1, 2, 3);
    }

    private static IEnumerable<TestCaseData> BadCsv()
    {
        const string Header = "metric,revision,from,at,value,events,bad";
        TestCaseData Case(string problem, params string[] lines) => new TestCaseData(problem, lines).SetArgDisplayNames(problem);
        yield return Case("Line 1 lacks the column 'at'; it must name the columns, of metric, revision, application, environment, target, from, at, value, events, bad.", "metric,revision,value");
        yield return Case("Line 1 lacks the column 'metric'*", "revision,at");
        yield return Case("Line 1 names the column 'time'; there are metric, revision, application, environment, target, from, at, value, events, bad.", "metric,revision,time");
        yield return Case("Line 1 names the column 'at' more than once.", "metric,revision,at,at");
        yield return Case("Line 2 has 3 fields, and the first line names 7 columns.", Header, "CPU,1.4.0,2026-01-31T10:00:01Z");
        yield return Case("Line 2 has nothing in the column 'metric'.", Header, ",1.4.0,,2026-01-31T10:00:01Z,1,,");
        yield return Case("Line 3 has nothing in the column 'at'.", Header, "", "CPU,1.4.0,,,1,,");
        yield return Case("Line 2 has 'NaN' as 'value', which is no number.", Header, "CPU,1.4.0,,2026-01-31T10:00:01Z,NaN,,");
        yield return Case("Line 2 has '1e999' as 'value', which is no number.", Header, "CPU,1.4.0,,2026-01-31T10:00:01Z,1e999,,");
        yield return Case("Line 2 has '1,000' as 'events', which is no number.", Header, "CPU,1.4.0,,2026-01-31T10:00:01Z,,\"1,000\",");
        yield return Case("Line 2 has '10:00' as 'at', which is no time such as 2026-01-31T10:00:00Z.", Header, "CPU,1.4.0,,10:00,1,,");
        yield return Case("Line 2 has '31.01.2026' as 'from'*", Header, "CPU,1.4.0,31.01.2026,2026-01-31T10:00:01Z,1,,");
        yield return Case("Line 2 has a quote that is not ended, or not alone in its field.", Header, "CPU,\"1.4.0,,2026-01-31T10:00:01Z,1,,");
        yield return Case("Line 2 can't be used: a sample has 5 bad ones of 2.", Header, "error rate,1.4.0,,2026-01-31T10:00:01Z,,2,5");
        yield return Case("Line 2 can't be used: a sample has nothing that makes a level.", Header, "CPU,1.4.0,,2026-01-31T10:00:01Z,,2,");
        yield return Case("Line 2 can't be used: a sample ends before it begins.", Header, "CPU,1.4.0,2026-01-31T10:00:02Z,2026-01-31T10:00:01Z,1,,");
    }

    [TestCaseSource(nameof(BadCsv))]
    public async Task Csv_ALineThatCannotBeUsed_IsNamed(string problem, string[] lines)
    {
        Write(lines);

        await RefusedAsync(Csv(), lines[1 < lines.Length ? 1 : 0].Contains("error", StringComparison.Ordinal) ? Metric.ErrorRate : Metric.Cpu, problem, lines[^1]);
    }

    private static IEnumerable<TestCaseData> BadJson()
    {
        TestCaseData Case(string problem, string line) => new TestCaseData(problem, line).SetArgDisplayNames(problem);
        yield return Case("Line 1 is no sample: *invalid*", "nonsense");
        yield return Case("Line 1 is null.", "null");
        yield return Case("Line 1 is no sample: *", "[]");
        yield return Case("Line 1 is no sample: *at*", """{"metric":"CPU","revision":"1.4.0","value":1}""");
        yield return Case("Line 1 is no sample: *valu*", """{"metric":"CPU","revision":"1.4.0","at":"2026-01-31T10:00:01Z","valu":1}""");
        yield return Case("Line 1 is no sample: *metric*", """{"metric":null,"revision":"1.4.0","at":"2026-01-31T10:00:01Z","value":1}""");
        yield return Case("Line 1 is no sample: *", """{"metric":"CPU","revision":"1.4.0","at":"2026-01-31T10:00:01Z","value":NaN}""");
        yield return Case("Line 1 *", """{"metric":"CPU","revision":"1.4.0","at":"2026-01-31T10:00:01Z","value":1e999}""");
        yield return Case("Line 1 is no sample: 'yesterday' is no time such as 2026-01-31T10:00:00Z*", """{"metric":"CPU","revision":"1.4.0","at":"yesterday","value":1}""");
        yield return Case("Line 1 is no sample: 'Number' is no time*", """{"metric":"CPU","revision":"1.4.0","at":7,"value":1}""");
        yield return Case("Line 1 is no sample: A histogram needs rising*", """{"metric":"CPU","revision":"1.4.0","at":"2026-01-31T10:00:01Z","histogram":{"bounds":[2,1],"counts":[1,1,1]}}""");
    }

    [TestCaseSource(nameof(BadJson))]
    public async Task JsonLines_ALineThatCannotBeUsed_IsNamed(string problem, string line)
    {
        Write(line);

        await RefusedAsync(JsonLines(), Metric.Cpu, problem, line);
    }

    [Test]
    public async Task Read_HostileContent_IsShownWithoutControlCharacters([Values] bool json)
    {
        Write(["metric,revision,at,value\u001b]0;x\u0007", "\u001b[2J\u202e" + new string('x', 10_000)]);

        MetricSourceException error = (await (json ? JsonLines() : Csv()).Open(Metric.Cpu, Subject, Ten).Awaiting(feed => feed.ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).Which;

        error.Message.Any(char.IsControl).Should().BeFalse();
        error.Message.Length.Should().BeLessThan(2000);
    }

    [Test]
    public async Task Read_BytesThatAreNoText_AreNoSamples()
    {
        await File.WriteAllBytesAsync(_path, [0xff, 0xfe, 0x00, 0x80, (byte)'\n']);

        await FluentActions.Awaiting(() => ReadAsync(JsonLines)).Should().ThrowAsync<MetricSourceException>();
    }

    [Test]
    public async Task Read_AMarkOfByteOrder_IsNoPartOfTheFirstColumn()
    {
        Write("\uFEFFmetric,revision,at,value", "CPU,1.4.0,2026-01-31T10:00:01Z,1");

        (await ReadAsync(Csv, Metric.Cpu)).Should().ContainSingle();
    }

    [Test]
    public async Task Read_AnEmptyFile_HasNothingYet([Values] bool json)
    {
        await File.WriteAllTextAsync(_path, "");

        (await ReadAsync(json ? JsonLines : Csv)).Should().BeEmpty();
    }

    [Test]
    public async Task Read_OneLineThatHasNotEnded_IsAnError()
    {
        await File.WriteAllTextAsync(_path, """{"metric":"CPU","revision":"1.4.0","at":"2026-01-31T10:00:02Z","value":0.25}""");

        await RefusedAsync(JsonLines(), Metric.Cpu, "The file can't be read. Its first line has not ended: end each with a line break.", answer: null);
    }

    [Test]
    public Task Read_NoFile_IsAnError() => RefusedAsync(Csv(), Metric.Cpu, "The file can't be read. Could not find file*", answer: null);

    [Test]
    public async Task Read_AFileThatBecameShorter_IsAnError()
    {
        Write("metric,revision,at,value", "CPU,1.4.0,2026-01-31T10:00:01Z,1");
        IMetricFeed feed = Csv().Open(Metric.Cpu, Subject, Ten);
        await feed.ReadAsync(CancellationToken.None);
        Write("metric,revision,at,value");

        (await feed.Awaiting(one => one.ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).WithMessage("*It is shorter than it was: it must only grow.");
    }

    [Test]
    public async Task Read_MoreThanTheMost_IsRefusedUnread()
    {
        using (FileStream file = File.Create(_path))
        {
            file.SetLength(100_000_001);
        }

        await RefusedAsync(Csv(), Metric.Cpu, "The file can't be read. It has 100000001 bytes, and 100000000 are the most.", answer: null);
    }

    [Test]
    public async Task Read_LinesOfOthers_AreNotTaken([Values] bool json)
    {
        string[] columns = ["application", "environment", "target"];
        string Line(int second, params string[] of) => json
            ? $$"""{"metric":"CPU","revision":"1.4.0",{{string.Concat(columns.Zip(of).Where(pair => pair.Second.Length > 0).Select(pair => $"\"{pair.First}\":\"{pair.Second}\","))}}"at":"2026-01-31T10:00:0{{second}}Z","value":{{second}}}"""
            : $"CPU,1.4.0,{string.Join(',', of)},2026-01-31T10:00:0{second}Z,{second}";
        Write(
        [
            .. json ? Array.Empty<string>() : ["metric,revision,application,environment,target,at,value"],
            Line(1, "shop", "production", "web"),
            Line(2, "other", "production", "web"),
            Line(3, "shop", "staging", "web"),
            Line(4, "shop", "production", "west"),
            Line(5, "", "", ""),
        ]);

        (await ReadAsync(json ? JsonLines : Csv, Metric.Cpu)).Select(sample => sample.Value).Should().Equal(1, 5);
    }

    [Test]
    public async Task Read_AVersion_IsNotThatOfACanarysBaseline()
    {
        MetricSubject copy = Subject with { Revision = new RevisionId("shop", "1.4.0", 1, RevisionRole.Baseline) };
        Write("metric,revision,at,value", "CPU,1.4.0,2026-01-31T10:00:01Z,1", $"CPU,{copy.Revision},2026-01-31T10:00:02Z,2");

        (await Csv().Open(Metric.Cpu, copy, Ten).ReadAsync(CancellationToken.None)).Select(sample => sample.Value).Should().Equal(2);
    }

    [Test]
    public void Make_WithoutMetrics_IsRefused() => FluentActions.Invoking(() => MetricFile.Csv(_path, [])).Should().Throw<DeploymentException>().WithMessage("*has no metric. Name what it has*");

    [Test]
    public void Measures_WhatItWasSaidToHave_AndNoCohorts()
    {
        Csv().Measures(Metric.Cpu, Subject).Should().BeTrue();
        MetricFile.Csv(_path, [Metric.ErrorRate]).Measures(Metric.Cpu, Subject).Should().BeFalse("another source has it, or nobody");
        MetricFile.Csv(_path, [Metric.Ratio("CPU")]).Measures(Metric.Cpu, Subject).Should().BeFalse("it is of another kind");
        Csv().Measures(Metric.Cpu, Subject with { Cohort = new FlagCohort("checkout", "10%") }).Should().BeFalse("a line names a revision, and no users");
    }

    [Test]
    public async Task Probe_TheFileMayYetCome_ButNotItsFolder()
    {
        IMetricSource there = MetricFile.Csv(Path.Combine(Path.GetTempPath(), "not-yet.csv"), [Metric.Cpu]);
        IMetricSource away = MetricFile.Csv(Path.Combine(Path.GetTempPath(), "no-such-folder", "x.csv"), [Metric.Cpu]);

        await FluentActions.Awaiting(() => there.ProbeAsync(CancellationToken.None)).Should().NotThrowAsync();
        await FluentActions.Awaiting(() => away.ProbeAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>().WithMessage("*The folder of the file is not there.");
    }

    [Test]
    public void Commands_QuoteThePath() => MetricFile.Csv("my samples.csv", [Metric.Cpu]).Commands(Metric.Cpu, Subject).Should().Equal("cat 'my samples.csv'");

    private static DateTimeOffset At(double second) => Ten + TimeSpan.FromSeconds(second);

    private static readonly Metric[] All = [Metric.Cpu, Metric.ErrorRate, Metric.LatencyP95, Metric.Level("a, \"b\"", MetricUnit.Count)];

    private MetricFile Csv() => MetricFile.Csv(_path, All, _clock);

    private MetricFile JsonLines() => MetricFile.JsonLines(_path, All, _clock);

    private void Write(params string[] lines) => File.WriteAllLines(_path, lines);

    private static Task<IReadOnlyList<MetricSample>> ReadAsync(Func<MetricFile> file, Metric? metric = null) =>
        file().Open(metric ?? Metric.ErrorRate, Subject, Ten).ReadAsync(CancellationToken.None);

    private async Task RefusedAsync(MetricFile file, Metric metric, string problem, string? answer)
    {
        IMetricFeed feed = file.Open(metric, Subject, Ten);
        MetricSourceException error = (await feed.Awaiting(one => one.ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).Which;

        error.Message.Should().Match($"{_path} was asked `{metric} of shop_1.4.0_2`. {problem}{(answer is null ? "" : $" It answered: {answer.Replace("[", "?", StringComparison.Ordinal)}")}");
        error.Answer.Should().Be(answer);
    }
}
