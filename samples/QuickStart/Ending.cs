using QuickStart.Load;

namespace QuickStart;

/// <summary>Writes <c>summary.json</c> and says in words what came of it.</summary>
internal sealed class Ending(Workspace workspace, LiveProgress progress)
{
    public async Task WriteAsync(Summary summary, LoadCounts counts, IReadOnlyList<string> problems, CancellationToken cancellationToken)
    {
        string file = Path.Combine(workspace.Folder, "summary.json");
        await File.WriteAllTextAsync(file, summary.ToJson(), cancellationToken);

        progress.Write("");
        foreach ((string version, long answered) in summary.Requests.ByVersion)
        {
            progress.Write($"{version} answered {answered} requests.");
        }

        progress.Write($"{summary.Requests.Failed} of {summary.Requests.Sent} requests failed. {summary.Serving ?? "Nothing"} serves.");
        foreach (string failure in counts.Failures)
        {
            progress.Write($"  failed: {failure}");
        }

        progress.Write($"The summary: {file}");
        foreach (string problem in problems)
        {
            progress.Write($"NOT AS IT SHOULD BE: {problem}");
        }
    }
}
