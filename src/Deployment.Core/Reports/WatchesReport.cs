using System.Globalization;
using System.Text;
using Deployment.Analysis;
using Deployment.Reports.Charts;
using Deployment.Runbooks;

namespace Deployment.Reports;

/// <summary>Prints what the watches of a run found, with a chart of each metric beside it.</summary>
internal static class WatchesReport
{
    /// <summary>Adds the section, and gives the charts that it shows.</summary>
    internal static IReadOnlyList<ChartFile> Write(StringBuilder text, IReadOnlyList<RecordedWatch> watches)
    {
        List<ChartFile> all = [];
        if (watches.Count == 0)
        {
            return all;
        }

        text.AppendLine().AppendLine("## Watches");
        for (int i = 0; i < watches.Count; i++)
        {
            RecordedWatch watch = watches[i];
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {Markdown.Text(watch.Step.Title)} ({Markdown.Code(watch.Step.Id)})").AppendLine();
            if (watch.Record is not { } record)
            {
                text.AppendLine(Markdown.Text(watch.Problem!.Message));
                continue;
            }

            IReadOnlyList<ChartFile> charts = ChartFile.Of(record, i + 1);
            all.AddRange(charts);
            Watch(text, record, charts);
        }

        return all;
    }

    private static void Watch(StringBuilder text, WatchRecord record, IReadOnlyList<ChartFile> charts)
    {
        string against = record.Series.FirstOrDefault(series => series.Side == WatchSide.Baseline) is { } baseline
            ? $", compared with {Markdown.Code(baseline.Subject)}{(baseline.IsRecorded ? " as it was recorded before" : "")}"
            : "";
        text.AppendLine(CultureInfo.InvariantCulture, $"{Markdown.Code($"{record.Subject.Candidate} on {record.Subject.Target}")}{against}, {(record.LooksBack ? "in what was measured since" : "since the shift at")} {record.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {(record.Looks.Count == 1 ? "one look" : $"{record.Looks.Count} looks")}. At {record.Looks[^1].UtcDateTime:HH:mm:ss} UTC: **{ChartText.Word(record.Outcome)}**. {Markdown.Text(record.Verdict)}").AppendLine();
        text.AppendLine("| rule | does | found | why |").AppendLine("|---|---|---|---|");
        foreach (WatchFinding finding in record.Findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Markdown.Cell(finding.Rule)} | {Does(finding.Action)} | {Found(finding)} | {Markdown.Cell(finding.Reason)} |");
        }

        text.AppendLine();
        if (record.LeftOut is { } leftOut)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Left out: {Markdown.Text(string.Join("; ", leftOut))}.").AppendLine();
        }

        foreach (ChartFile chart in charts)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"![{Markdown.Text(chart.Title)}]({chart.Name})");
        }
    }

    private static string Does(FailureAction action) => action switch
    {
        FailureAction.RollBack => "goes back",
        FailureAction.Investigate => "holds",
        _ => "is noted",
    };

    private static string Found(WatchFinding finding) => finding switch
    {
        { Result: JudgementResult.InsufficientData } => "can't be told",
        { Counts: true } => "**yes**",
        { Result: JudgementResult.Worse } => "yes, but not long or often enough",
        _ => "no",
    };
}
