using System.Globalization;
using System.Text;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Reports;

/// <summary>Prints what runs where, and who drives which run.</summary>
internal static class StatusReport
{
    private const string Nobody = "nobody: resume it";

    internal static string Write(DeploymentStatus status)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {Markdown.Text(status.Pipeline)} in {Markdown.Text(status.Environment)}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Seen at {At(status.SeenAt)}.").AppendLine();
        foreach (Observation target in status.Targets)
        {
            Target(text, target);
        }

        foreach (Observation resource in status.Resources)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## Resource {Markdown.Code(resource.Target)}").AppendLine();
            Details(text, resource);
        }

        Runs(text, "Open runs", status.OpenRuns, "driven by", run => Markdown.Cell(status.Drivers.GetValueOrDefault(run.Id)?.ToString() ?? Nobody));
        Runs(text, "Scheduled runs", status.ScheduledRuns, "due", run => run.DueAt is { } due ? At(due) : "");
        return text.ToString();
    }

    internal static string Lines(DeploymentStatus status) => string.Join('\n',
    [
        $"{status.Pipeline} in {status.Environment}",
        .. status.Targets.Select(target => $"  {target}"),
        .. status.Resources.Select(resource => $"  {resource.Target}: {string.Join("; ", Words(resource))}"),
        .. status.OpenRuns.Select(run => $"  open: {Line(run)}, driven by {status.Drivers.GetValueOrDefault(run.Id)?.ToString() ?? Nobody}"),
        .. status.ScheduledRuns.Select(run => $"  scheduled: {Line(run)}{(run.DueAt is { } due ? $", due {At(due)}" : "")}"),
    ]);

    private static void Target(StringBuilder text, Observation target)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"## Target {Markdown.Code(target.Target)}").AppendLine();
        // What takes traffic though it doesn't stand is what a person must see first of all.
        ILookup<RevisionId, ObservedRevision> standing = target.Revisions.ToLookup(revision => revision.Id);
        RevisionId[] ids = [.. target.Traffic.Shares.Select(share => share.Key).Concat(target.Revisions.Select(revision => revision.Id)).Distinct()];
        if (ids.Length == 0)
        {
            text.AppendLine("Nothing stands here.").AppendLine();
        }
        else
        {
            text.AppendLine("| revision | traffic | instances | addresses |").AppendLine("|---|---|---|---|");
            foreach (RevisionId id in ids)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {Markdown.Code(id.ToString())} | {target.Traffic.ShareOf(id)}% | {standing[id].Sum(revision => revision.Instances)} | {string.Join(" ", standing[id].SelectMany(revision => revision.Addresses).Select(address => Markdown.Code(address.ToString())))} |");
            }

            text.AppendLine();
        }

        if (target.Problems.Count + target.Properties.Count > 0)
        {
            Details(text, target);
        }
    }

    private static void Details(StringBuilder text, Observation seen)
    {
        foreach (string problem in seen.Problems)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- Problem: {Markdown.Text(problem)}");
        }

        foreach ((string name, string value) in seen.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {Markdown.Text(name)}: {Markdown.Code(value)}");
        }

        if (seen.Problems.Count + seen.Properties.Count == 0)
        {
            text.AppendLine("Nothing stands here.");
        }

        text.AppendLine();
    }

    /// <summary>What a resource tells; one takes no traffic, and no revision stands there.</summary>
    private static IEnumerable<string> Words(Observation resource) => resource.Problems.Count + resource.Properties.Count == 0
        ? ["nothing"]
        : [.. resource.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key} {property.Value}"), .. resource.Problems.Select(problem => $"problem: {problem}")];

    private static void Runs(StringBuilder text, string title, IReadOnlyList<RunRecord> runs, string column, Func<RunRecord, string> cell)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine();
        if (runs.Count == 0)
        {
            text.AppendLine("None.").AppendLine();
            return;
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"| run | what | state | since | {column} | note |").AppendLine("|---|---|---|---|---|---|");
        foreach (RunRecord run in runs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Markdown.Code(run.Id)} | {Markdown.Cell(What(run))} | {run.State} | {At(run.CreatedAt)} | {cell(run)} | {Markdown.Cell(run.Reason)} |");
        }

        text.AppendLine();
    }

    private static string Line(RunRecord run) => $"{run.Id} ({What(run)}), {run.State}{(run.Reason is { } reason ? $" ({reason})" : "")}";

    private static string What(RunRecord run) => string.Join(' ', new[] { run.Kind.ToString(), run.Application, run.Version ?? string.Join(' ', run.Targets.Select(target => target.Candidate ?? target.Previous).OfType<RevisionId>()) }.Where(word => word.Length > 0));

    private static string At(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
}
