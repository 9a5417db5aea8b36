using System.Globalization;
using System.Text;
using Deployment.Analysis;
using Deployment.Reports.Charts;
using Deployment.Store;

namespace Deployment.Reports;

/// <summary>What happened in a run: a view of its journal.</summary>
public sealed class ExecutionLog
{
    private readonly RunRecord _run;
    private readonly WatchRecords _watches;

    internal ExecutionLog(RunRecord run, IReadOnlyList<JournalEntry> entries, WatchRecords watches)
    {
        _run = run;
        _watches = watches;
        Entries = entries;
    }

    /// <summary>The entries, in order.</summary>
    public IReadOnlyList<JournalEntry> Entries { get; }

    /// <summary>A table for people.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Execution log of run {_run.Id}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{_run.Kind} {Markdown.Code(_run.Application)} {_run.Version} in {_run.Environment}: **{_run.Outcome?.ToString() ?? _run.State.ToString()}**");
        if (_run.Reason is { } reason)
        {
            text.AppendLine().AppendLine(Markdown.Text(reason));
        }

        text.AppendLine().AppendLine("| at (UTC) | what | step | note |").AppendLine("|---|---|---|---|");
        foreach (JournalEntry entry in Entries)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} | {entry.Kind} | {Markdown.Code(entry.Step)} | {Markdown.Cell(entry.Text)} |");
        }

        return text.ToString();
    }

    /// <summary>
    /// Writes <c>execution-log.md</c> into a folder, which is made if need be: the table, and each watch with its rules and a chart of each
    /// metric. The charts are SVG files in the folder <c>charts</c> beside it. A watch whose record is missing or damaged says so there.
    /// </summary>
    /// <param name="folder">The folder; files of the same names are written over.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task SaveAsync(string folder, CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder(ToMarkdown());
        IReadOnlyList<ChartFile> charts = WatchesReport.Write(text, await _watches.ReadAsync(Entries, cancellationToken));
        Directory.CreateDirectory(charts.Count > 0 ? Path.Combine(folder, ChartFile.Folder) : folder);
        foreach (ChartFile chart in charts)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, chart.Name), chart.Svg, cancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "execution-log.md"), text.ToString(), cancellationToken);
    }
}
