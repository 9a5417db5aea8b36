using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Reports;

/// <summary>
/// Prints a runbook for someone on call who has never seen this library: what happens in which order, the commands that do it by hand,
/// and how to go back.
/// </summary>
internal static class RunbookReport
{
    internal static string Write(Runbook runbook)
    {
        var text = new StringBuilder();
        Head(text, runbook);
        ChangesReport.Write(text, runbook);
        Prerequisites(text, runbook);
        new StepsReport(text).Write(runbook);
        RollbackReport.Write(text, runbook);
        FollowUps(text, runbook);
        Roles(text, runbook);
        return text.ToString();
    }

    private static void Head(StringBuilder text, Runbook runbook)
    {
        string what = runbook.Kind switch
        {
            RunKind.Deploy => "Deploy",
            RunKind.RollBack => "Go back to",
            RunKind.Watch => "Look again at",
            RunKind.Contract => "Contract the schema of",
            RunKind.UndoMigrations => "Undo migrations of",
            _ => "Retire an old revision of",
        };
        string title = string.Join(' ', new[] { what, Markdown.Text(runbook.Application), Versions(runbook), "in", runbook.Environment }.Where(word => !string.IsNullOrEmpty(word)));
        text.AppendLine(CultureInfo.InvariantCulture, $"# {title}").AppendLine();
        text.AppendLine("| | |").AppendLine("|---|---|");
        Row(text, "plan", Markdown.Code(runbook.Hash));
        Row(text, "pipeline", Markdown.Code(runbook.Pipeline));
        Row(text, "because", Markdown.Text(runbook.Reason ?? ""));
        Row(text, "strategy", $"**{Markdown.Cell(runbook.Strategy)}**: {Markdown.Text(runbook.StrategyReason)}");
        foreach (RunTarget target in runbook.Targets)
        {
            if (target is { Previous: null, Candidate: null })
            {
                Row(text, target.LeftAlone ? "left alone" : "resource", $"{Markdown.Code(target.Target)}{(target.LeftAlone ? ": it must stay as it is meanwhile, and is claimed" : "")}");
                continue;
            }

            Row(text, "target", $"{Markdown.Code(target.Target)}: {Markdown.Code(target.Previous?.ToString() ?? "nothing")} → {Markdown.Code(target.Candidate?.ToString() ?? "as before")}{(target.Trial ? ", which is tried and taken away again" : "")}");
        }

        if (runbook.Release is { } release)
        {
            Release(text, release);
        }

        foreach (ServicePlan service in runbook.Services ?? [])
        {
            Service(text, service);
        }

        Overrides(text, runbook);
        Row(text, "point of no return", runbook.PointOfNoReturn is { } step
            ? $"**{Markdown.Cell(step.Title)}**: {Markdown.Cell(step.Undo.Reason)}"
            : "none: every step can be undone");
        text.AppendLine();
        text.AppendLine("An approval is bound to the plan's hash above. The run refuses to begin when one of these has changed since:").AppendLine();
        foreach (Fact fact in runbook.Basis)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {Markdown.Code(fact.Name)} of {Markdown.Code(fact.Target)} is {Markdown.Code(fact.Value)}");
        }

        text.AppendLine();
    }

    private static void Overrides(StringBuilder text, Runbook runbook)
    {
        if (runbook.Policy is { } policy)
        {
            Row(text, "digest", Markdown.Code(runbook.Release?.Digest));
            Row(text, "policy", Markdown.Text(string.Join(' ', policy)));
        }

        if (runbook.Hotfix is { } hotfix)
        {
            Row(text, "**hotfix**", Markdown.Text(hotfix.Reason));
            foreach (string what in hotfix.LeftOut)
            {
                Row(text, "left out", Markdown.Text(what));
            }
        }

        if (runbook.RolledBack is { } before)
        {
            Row(text, "**rolled back before**", $"by run {Markdown.Code(before.RunId)}. It comes again, because: {Markdown.Text(before.Reason)}");
        }
    }

    private static void Prerequisites(StringBuilder text, Runbook runbook)
    {
        if (runbook.Prerequisites.Count == 0)
        {
            return;
        }

        text.AppendLine("## To do it by hand").AppendLine();
        foreach (Prerequisite needed in runbook.Prerequisites)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {Markdown.Text(needed.Text)}").AppendLine();
            if (needed.Commands.Count > 0)
            {
                text.AppendLine(Markdown.Block(needed.Commands)).AppendLine();
            }
        }
    }

    private static string Versions(Runbook runbook) => runbook.Services is null ? runbook.Versions : $"({runbook.Versions})";

    private static void Service(StringBuilder text, ServicePlan service)
    {
        Row(text, "service", string.Create(CultureInfo.InvariantCulture, $"{Markdown.Code($"{service.Application} {service.Release.Version}")} in turn {service.Turn}, by **{Markdown.Cell(service.Strategy)}**: {Markdown.Text(service.StrategyReason)}"));
        Release(text, service.Release);
    }

    private static void Release(StringBuilder text, Release release)
    {
        Row(text, "artifact", $"{Markdown.Cell(release.Artifact.Kind)} {Markdown.Code(string.Join(' ', release.Artifact.Command.Select(Commands.CommandLine.Quote)))} {Markdown.Code(release.Artifact.Location)} {Markdown.Code(release.Artifact.Package)} {Markdown.Code(release.Artifact.Sha256)}".TrimEnd());
        foreach ((string name, string value) in release.Settings)
        {
            Row(text, "setting", Markdown.Code($"{name}={value}"));
        }

        foreach ((string name, string secret) in release.Secrets)
        {
            Row(text, "secret", $"{Markdown.Code(name)} from the secret {Markdown.Code(secret)}");
        }

        foreach ((string application, string range) in release.Requirements ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            Row(text, "requires", Markdown.Code($"{application} {range}"));
        }

        Row(text, "commit", Markdown.Code(release.Commit));
        Row(text, "notes", Markdown.Cell(release.Notes));
    }

    private static void Row(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value.Replace("|", "\\|", StringComparison.Ordinal).Replace("\\\\|", "\\|", StringComparison.Ordinal)} |");
        }
    }

    private static void FollowUps(StringBuilder text, Runbook runbook)
    {
        if (runbook.FollowUps.Count == 0 && runbook.Watches is null && runbook.Contracts is null)
        {
            return;
        }

        text.AppendLine("## Later").AppendLine();
        // Equal ones in one sentence: one run looks at all of them.
        foreach (IGrouping<(TimeSpan For, TimeSpan Every, string LeftOut), ExtendedWatch> alike in (runbook.Watches ?? []).GroupBy(watch => (watch.For, watch.Every, string.Join("; ", watch.LeftOut ?? []))))
        {
            Watch(text, [.. alike], alike.Key.LeftOut);
        }

        foreach (FollowUp later in runbook.FollowUps)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {Duration.Of(later.After)} after success, {Markdown.Code(later.Revision.ToString())} is removed from {Markdown.Code(later.Target)}, unless it takes traffic again by then. Until then going back is a change of traffic. The host does it by `CompleteAsync`.");
        }

        foreach (PlannedContract contract in runbook.Contracts ?? [])
        {
            Contract(text, contract);
        }

        text.AppendLine();
    }

    private static void Watch(StringBuilder text, ExtendedWatch[] alike, string leftOut)
    {
        string what = string.Join(", ", alike.Select(watch => $"{Markdown.Code(watch.Revision.ToString())} on {Markdown.Code(watch.Target)}"));
        bool one = alike.Length == 1;
        text.Append(CultureInfo.InvariantCulture, $"- For {Duration.Of(alike[0].For)} after success, {what} {(one ? "is" : "are")} looked at again every {Duration.Of(alike[0].Every)}, as long as {(one ? "it takes" : "they take")} traffic; when a rule is found that goes back, the whole deployment goes back. The host does it by `CompleteAsync`.");
        text.AppendLine(leftOut.Length > 0 ? $" Left out then: {Markdown.Text(leftOut)}." : "");
    }

    private static void Contract(StringBuilder text, PlannedContract contract)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"- {Duration.Of(contract.After)} after success, when nothing older than {Markdown.Code(contract.Version)} lives, {Markdown.Code(contract.Database)} loses what only older releases need. After that nobody can go back to one. The host does it by `CompleteAsync`; going back before that cancels it.").AppendLine();
        foreach (Migration migration in contract.Migrations)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  - {Markdown.Code(migration.Id)}, checksum {Markdown.Code(migration.Checksum[..12])}{(migration.DestroysData is { } lost ? $", destroys data ({Markdown.Text(lost)}): a person is asked first" : "")}");
            foreach (string command in migration.Commands)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"    {Markdown.Code(command)}");
            }
        }
    }

    private static void Roles(StringBuilder text, Runbook runbook)
    {
        text.AppendLine("## Roles").AppendLine();
        if (runbook.Roles.Count == 0)
        {
            text.AppendLine("Nobody is named. Whoever runs the host decides.");
            return;
        }

        text.AppendLine("| role | person |").AppendLine("|---|---|");
        foreach ((string role, string person) in runbook.Roles)
        {
            Row(text, Markdown.Cell(role), Markdown.Cell(person));
        }
    }
}
