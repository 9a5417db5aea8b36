using System.Globalization;
using System.Text;
using Deployment.Analysis;

namespace Deployment.Reports.Charts;

/// <summary>A chart as a file beside the execution log.</summary>
/// <param name="Name">Its path from the log's folder.</param>
/// <param name="Title">What it shows, for who can't see it.</param>
/// <param name="Svg">The picture.</param>
internal sealed record ChartFile(string Name, string Title, string Svg)
{
    internal const string Folder = "charts";
    private const int LongestSlug = 40;

    /// <summary>The charts of a watch.</summary>
    /// <param name="record">The watch.</param>
    /// <param name="number">Which one of the run, from 1.</param>
    internal static IReadOnlyList<ChartFile> Of(WatchRecord record, int number) =>
    [
        .. MetricChart.MetricsOf(record).Select((metric, index) => new ChartFile(
            string.Create(CultureInfo.InvariantCulture, $"{Folder}/{number}-{index + 1}-{Slug(metric)}.svg"),
            $"{metric} of {record.Subject.Candidate}: {ChartText.Word(record.Outcome)}",
            MetricChart.Draw(record, metric))),
    ];

    /// <summary>A metric's name as a part of a file's name: nothing but letters, digits and '-', whatever the name is. The numbers before it make it unique.</summary>
    private static string Slug(string metric)
    {
        var slug = new StringBuilder();
        foreach (char c in metric.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        string text = slug.ToString(0, Math.Min(slug.Length, LongestSlug)).Trim('-');
        return text.Length == 0 ? "metric" : text;
    }
}
