using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Deployment.Providers.Prometheus.Tests.Support;

/// <summary>Answers as Prometheus does, from series of a test, by a test's clock. Times are seconds from the clock's beginning.</summary>
internal sealed partial class FakePrometheus(ManualClock clock) : HttpMessageHandler
{
    private readonly DateTimeOffset _epoch = clock.GetUtcNow();
    private readonly List<FakeSeries> _series = [];

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>What it answers instead; null from it for the usual answer.</summary>
    public Func<string, HttpRequestMessage, HttpResponseMessage?> Instead { get; set; } = (_, _) => null;

    /// <summary>Whether it never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>What an expression is, by the time of asking.</summary>
    public Func<double, IEnumerable<(string Labels, string Value)>> Expression { get; set; } = _ => [];

    /// <summary>The queries that it was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    public double Now => (clock.GetUtcNow() + Ahead - _epoch).TotalSeconds;

    /// <summary>A series that a selector finds.</summary>
    public FakeSeries Series(string selector, string labels = "")
    {
        var series = new FakeSeries(selector, labels);
        _series.Add(series);
        return series;
    }

    public static HttpResponseMessage Answer(string text, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    public static string Found(string type, string result) => $$$"""{"status":"success","data":{"resultType":"{{{type}}}","result":{{{result}}}}}""";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Hangs)
        {
            var never = new TaskCompletionSource();
            await never.Task.WaitAsync(cancellationToken);
        }

        request.Method.Should().Be(HttpMethod.Post);
        Dictionary<string, string> fields = (await request.Content!.ReadAsStringAsync(cancellationToken)).Split('&').Select(pair => pair.Split('='))
            .ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[1]));
        string query = fields["query"];
        Asked.Add(query);
        return Instead(query, request) ?? Answer(request.RequestUri!.AbsolutePath.EndsWith("/query_range", StringComparison.Ordinal)
            ? Range(Seconds(fields["start"]), Seconds(fields["end"]), double.Parse(fields["step"], CultureInfo.InvariantCulture))
            : Instant(query, fields.TryGetValue("time", out string? time) ? Seconds(time) : Now));
    }

    private string Instant(string query, double time)
    {
        if (query == "time()")
        {
            return Found("scalar", $"[{Epoch(time)},\"{Epoch(time)}\"]");
        }

        if (Before().Match(query) is { Success: true } before)
        {
            return Vector(Points(before.Groups[1].Value, time - double.Parse(before.Groups[2].Value, CultureInfo.InvariantCulture), time, last => (time, last.Value)));
        }

        if (Timestamp().Match(query) is { Success: true } timestamp)
        {
            return Vector(Points(timestamp.Groups[1].Value, time - 300, time, last => (time, Epoch(last.Time))));
        }

        Match raw = Raw().Match(query);
        raw.Success.Should().BeTrue(query);
        double from = time - double.Parse(raw.Groups[2].Value, CultureInfo.InvariantCulture);
        return Found("matrix", $"[{string.Join(',', Matching(raw.Groups[1].Value, from, time).Select(found => $$"""{"metric":{{{found.Labels}}},"values":[{{string.Join(',', found.Points.Select(point => $"[{Epoch(point.Time)},\"{point.Value}\"]"))}}]}"""))}]");
    }

    private string Range(double start, double end, double step)
    {
        List<(string Labels, string Point)> points = [];
        for (double time = start; time <= end + 0.0001; time += step)
        {
            points.AddRange(Expression(time).Select(found => (found.Labels, $"[{Epoch(time)},\"{found.Value}\"]")));
        }

        return Found("matrix", $"[{string.Join(',', points.GroupBy(point => point.Labels).Select(series => $$"""{"metric":{{{series.Key}}},"values":[{{string.Join(',', series.Select(point => point.Point))}}]}"""))}]");
    }

    private static string Vector(IEnumerable<(string Labels, string Point)> points) =>
        Found("vector", $"[{string.Join(',', points.Select(found => $$"""{"metric":{{{found.Labels}}},"value":{{found.Point}}}"""))}]");

    private IEnumerable<(string Labels, string Point)> Points(string selector, double from, double to, Func<(double Time, string Value), (double Time, string Value)> of) =>
        Matching(selector, from, to).Select(found => (found.Labels, of(found.Points[^1]))).Select(found => (found.Labels, $"[{Epoch(found.Item2.Time)},\"{found.Item2.Value}\"]"));

    private IEnumerable<(string Labels, (double Time, string Value)[] Points)> Matching(string selector, double begin, double to) =>
        from series in _series
        where series.Selector == selector
        let points = series.Points.Where(point => point.VisibleAt <= Now && point.Time >= begin - 0.0001 && point.Time <= to + 0.0001).Select(point => (point.Time, point.Value)).ToArray()
        where points.Length > 0
        select (series.Labels, points);

    private string Epoch(double seconds) => ((_epoch.ToUnixTimeMilliseconds() + Math.Round(seconds * 1000)) / 1000).ToString("0.###", CultureInfo.InvariantCulture);

    private double Seconds(string epoch) => double.Parse(epoch, CultureInfo.InvariantCulture) - (_epoch.ToUnixTimeMilliseconds() / 1000.0);

    [GeneratedRegex(@"^last_over_time\((.*)\[(\d+)s\]\)$")]
    private static partial Regex Before();

    [GeneratedRegex(@"^timestamp\((.*)\)$")]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"^(.*)\[(\d+)s\]$")]
    private static partial Regex Raw();
}
