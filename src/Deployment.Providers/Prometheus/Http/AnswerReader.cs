using System.Globalization;
using System.Text.Json;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Http;

/// <summary>Reads what Prometheus found. Whatever isn't as its API says is a <see cref="FormatException"/> that says what.</summary>
internal static class AnswerReader
{
    private const double MostSeconds = 253_402_300_799;

    internal static IReadOnlyList<RawSeries> Read(PrometheusData data)
    {
        if (data.ResultType is not ("vector" or "matrix" or "scalar"))
        {
            throw new FormatException($"Its result is a {data.ResultType ?? "nothing"}, not numbers.");
        }

        Expect(data.Result, JsonValueKind.Array, "the result");
        if (data.ResultType == "scalar")
        {
            return [new RawSeries(SeriesLabels.None, [Point(data.Result)])];
        }

        List<RawSeries> all = [];
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement element in data.Result.EnumerateArray())
        {
            RawSeries series = One(element, data.ResultType == "matrix");
            all.Add(known.Add(series.Labels.Key) ? series : throw new FormatException($"It has the series {series.Labels} twice."));
        }

        return all;
    }

    private static RawSeries One(JsonElement element, bool isMatrix)
    {
        Expect(element, JsonValueKind.Object, "a series");
        SeriesLabels labels = Labels(element);
        if (element.TryGetProperty("histogram", out _) || element.TryGetProperty("histograms", out _))
        {
            throw new FormatException($"The series {labels} is a native histogram, which isn't read. Let the application expose classic buckets (`_bucket` with the label `le`), or define the metric by an expression with histogram_quantile.");
        }

        string name = isMatrix ? "values" : "value";
        if (!element.TryGetProperty(name, out JsonElement values))
        {
            throw new FormatException($"The series {labels} has no {name}.");
        }

        if (!isMatrix)
        {
            return new RawSeries(labels, [Point(values)]);
        }

        Expect(values, JsonValueKind.Array, name);
        RawPoint[] points = [.. values.EnumerateArray().Select(Point)];
        return points.Zip(points.Skip(1)).All(pair => pair.First.Time < pair.Second.Time)
            ? new RawSeries(labels, points)
            : throw new FormatException($"The samples of the series {labels} are not in the order of their time.");
    }

    private static SeriesLabels Labels(JsonElement element)
    {
        if (!element.TryGetProperty("metric", out JsonElement metric))
        {
            throw new FormatException("A series has no labels.");
        }

        Expect(metric, JsonValueKind.Object, "the labels of a series");
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty label in metric.EnumerateObject())
        {
            Expect(label.Value, JsonValueKind.String, "a label");
            labels[label.Name] = label.Value.GetString()!;
        }

        return new SeriesLabels(labels);
    }

    private static RawPoint Point(JsonElement element)
    {
        Expect(element, JsonValueKind.Array, "a sample");
        bool isPoint = element.GetArrayLength() == 2 && element[0].ValueKind == JsonValueKind.Number && element[1].ValueKind == JsonValueKind.String;
        if (!isPoint || !element[0].TryGetDouble(out double seconds) || seconds is not (>= 0 and <= MostSeconds) || Value(element[1].GetString()!) is not { } value)
        {
            throw new FormatException("A sample is no time with a number.");
        }

        return new RawPoint((long)Math.Round(seconds * 1000), value);
    }

    private static double? Value(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null,
    };

    private static void Expect(JsonElement element, JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind)
        {
            throw new FormatException($"In its answer {what} is no {kind.ToString().ToLowerInvariant()}.");
        }
    }
}
