using System.Globalization;
using System.Text;
using Deployment.Store;

namespace Deployment.Reports;

/// <summary>What happened in a run: a view of its journal.</summary>
public sealed class ExecutionLog
{
    private readonly RunRecord _run;

    internal ExecutionLog(RunRecord run, IReadOnlyList<JournalEntry> entries)
    {
        _run = run;
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
}
