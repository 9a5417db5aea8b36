using Deployment.Analysis;

namespace Deployment.Reports.Charts;

/// <summary>Makes a line of samples: few points however many samples there are, and a gap where there was no value.</summary>
internal static class ChartLine
{
    /// <summary>A pixel or two each. Gaps can add a third.</summary>
    private const int MostPoints = 180;

    /// <summary>The line's pieces, each of at least one point.</summary>
    internal static IReadOnlyList<IReadOnlyList<ChartPoint>> Of(WatchSeries series, DateTimeOffset since)
    {
        // What reaches back before the shift tells of another release, and isn't judged either.
        MetricSample[] samples = [.. series.Samples.Select(seen => seen.Sample).Where(sample => sample.From >= since)];
        if (samples.Length == 0)
        {
            return [];
        }

        var metric = Metric.Of(series);
        int size = (samples.Length + MostPoints - 1) / MostPoints;
        var pieces = new List<List<ChartPoint>>();
        foreach (List<MetricSample> run in Runs(samples))
        {
            bool goesOn = false;
            foreach (MetricSample[] bucket in run.Chunk(size))
            {
                double value = ValueOf(metric, bucket);
                if (!double.IsFinite(value))
                {
                    goesOn = false;
                    continue;
                }

                if (!goesOn)
                {
                    pieces.Add([]);
                }

                pieces[^1].Add(new ChartPoint(bucket[^1].At, value));
                goesOn = true;
            }
        }

        return pieces;
    }

    /// <summary>The one value of samples; NaN where they have none.</summary>
    internal static double ValueOf(Metric metric, IReadOnlyList<MetricSample> samples)
    {
        try
        {
            return new MetricSeries(metric, samples).Value;
        }
        catch (DeploymentException)
        {
            // Histograms of different buckets make no value together; a picture leaves a gap where a judge refuses.
            return double.NaN;
        }
    }

    /// <summary>Samples in a row. A pause that is shorter than three buckets can't be seen and is none, which bounds how many there are.</summary>
    private static List<List<MetricSample>> Runs(MetricSample[] samples)
    {
        TimeSpan[] steps = [.. samples.Zip(samples.Skip(1), (one, next) => next.At - one.At).Order()];
        TimeSpan usual = steps.Length == 0 ? TimeSpan.Zero : steps[steps.Length / 2];
        TimeSpan bucket = (samples[^1].At - samples[0].At) / MostPoints;
        TimeSpan pause = (usual > bucket ? usual : bucket) * 3;
        List<List<MetricSample>> runs = [[samples[0]]];
        for (int i = 1; i < samples.Length; i++)
        {
            if (samples[i].At - samples[i - 1].At > pause)
            {
                runs.Add([]);
            }

            runs[^1].Add(samples[i]);
        }

        return runs;
    }
}
