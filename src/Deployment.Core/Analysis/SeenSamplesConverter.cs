using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Analysis;

/// <summary>
/// Writes samples with the bounds of their buckets once and no empty bucket: those of an hour would be ten times as long otherwise.
/// <c>{"buckets":[[0.1,0.2]],"seen":[{"seen":...,"sample":{...},"in":0,"counts":{"1":20}}]}</c>: 20 between 0.1 and 0.2.
/// </summary>
internal sealed class SeenSamplesConverter : JsonConverter<IReadOnlyList<SeenSample>>
{
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<SeenSample> value, JsonSerializerOptions options)
    {
        List<ImmutableArray<double>> buckets = [];
        SeenSampleForm[] seen = [.. value.Select(one => Form(one, buckets))];
        JsonSerializer.Serialize(writer, new SeenSamplesForm([.. buckets], [.. seen]), options.GetTypeInfo(typeof(SeenSamplesForm)));
    }

    public override IReadOnlyList<SeenSample> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        SeenSamplesForm form = (SeenSamplesForm?)JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(typeof(SeenSamplesForm))) ?? throw new JsonException("It has no samples");
        // Where few bytes stand for much memory there is a limit.
        return form.Buckets.Any(bounds => bounds.Length > MetricHistogram.MostBounds)
            ? throw new JsonException("Its histograms have too many bounds")
            : [.. form.Seen.Select(one => Seen(one, form.Buckets))];
    }

    private static SeenSampleForm Form(SeenSample seen, List<ImmutableArray<double>> buckets)
    {
        if (seen.Sample.Histogram is not { } histogram)
        {
            return new SeenSampleForm(seen.Seen, seen.Sample);
        }

        int known = buckets.FindIndex(bounds => bounds == histogram.Bounds || bounds.SequenceEqual(histogram.Bounds));
        if (known < 0)
        {
            known = buckets.Count;
            buckets.Add(histogram.Bounds);
        }

        var counts = histogram.Counts.Select((count, bucket) => (count, bucket)).Where(pair => pair.count > 0).ToImmutableSortedDictionary(pair => pair.bucket, pair => pair.count);
        return new SeenSampleForm(seen.Seen, seen.Sample with { Histogram = null }) { In = known, Counts = counts };
    }

    private static SeenSample Seen(SeenSampleForm? form, ImmutableArray<ImmutableArray<double>> buckets)
    {
        if (form is not { In: { } index, Counts: { } filled })
        {
            // What is none is told by whoever checks the series, with its name.
            return form is null ? null! : new SeenSample(form.Seen, form.Sample);
        }

        if (index < 0 || index >= buckets.Length || filled.Keys.Any(bucket => bucket < 0 || bucket > buckets[index].Length))
        {
            throw new JsonException("A sample names buckets that are not there");
        }

        double[] counts = new double[buckets[index].Length + 1];
        foreach ((int bucket, double count) in filled)
        {
            counts[bucket] = count;
        }

        return new SeenSample(form.Seen, form.Sample with { Histogram = new MetricHistogram(buckets[index], [.. counts]) });
    }
}
