using System.Globalization;
using System.Text;
using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Reports;

/// <summary>Prints the steps in order of time. Lanes that do the same on other targets are folded into one.</summary>
internal sealed class StepsReport(StringBuilder text)
{
    private int _number;

    internal void Write(Runbook runbook)
    {
        text.AppendLine("## Steps").AppendLine();
        if (!runbook.Steps.Any())
        {
            text.AppendLine("There is nothing to do.").AppendLine();
            return;
        }

        Write(runbook.Root);
    }

    private void Write(RunbookNode node)
    {
        switch (node)
        {
            case SequenceNode sequence:
                foreach (RunbookNode child in sequence.Children)
                {
                    Write(child);
                }

                break;
            case ParallelNode parallel:
                Write(parallel);
                break;
            case RunbookStep step:
                Write(step);
                break;
        }
    }

    private void Write(ParallelNode parallel)
    {
        LanePolicy policy = parallel.Policy;
        text.AppendLine(CultureInfo.InvariantCulture, $"**{parallel.Lanes.Count} lanes side by side**, {policy.MaxConcurrency} at once; {policy.MaxFailures} may fail and are taken back. When more fail, running lanes are {(policy.FinishRunningLanes ? "finished" : "stopped")} and finished ones are {(policy.KeepFinishedLanes ? "kept" : "taken back")}.").AppendLine();
        foreach (IGrouping<string, RunbookNode> same in parallel.Lanes.GroupBy(ShapeOf, StringComparer.Ordinal))
        {
            RunbookNode first = same.First();
            string[] others = [.. same.Skip(1).Select(lane => lane.Id)];
            text.AppendLine(CultureInfo.InvariantCulture, $"Lane {Markdown.Code(first.Id)}{(others.Length == 0 ? "" : $" and, with its own names, {others.Length} more: {string.Join(", ", others.Take(20).Select(Markdown.Code))}{(others.Length > 20 ? ", …" : "")}")}:").AppendLine();
            Write(first);
        }
    }

    /// <summary>What a lane does, with what is its own left out.</summary>
    private static string ShapeOf(RunbookNode lane)
    {
        string name = lane.Id[(lane.Id.LastIndexOf('/') + 1)..];
        return string.Join('\n', RunbookTree.StepsOf(lane).Select(step => $"{step.GetType().Name} {step.Phase} {step.Title}".Replace(name, "*", StringComparison.Ordinal)));
    }

    private void Write(RunbookStep step)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"### {++_number}. {Markdown.Text(step.Title)}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{PhaseName(step.Phase)} · {Markdown.Code(step.Id)}").AppendLine();
        switch (step)
        {
            case EffectStep effect:
                Write(effect);
                break;
            case CheckStep check:
                Commands(check.Commands, "Only the host's code can make this check.");
                Line("Looks at", $"{check.Subject.Candidate} on {check.Subject.Target}{ComparedWith(check.Subject)}");
                Line("Expected", check.Expected);
                if (check.Duration is { } duration)
                {
                    Line("Watches", $"for {Duration.Of(duration)}. A person can skip the rest (promote).");
                }

                Lookup(check.Lookup);
                Line("On failure", check.OnFailure switch
                {
                    FailureAction.RollBack => "the run goes back by itself.",
                    FailureAction.Investigate => "the run is held for a person: resume checks again, promote goes on, abort goes back.",
                    _ => "it is noted, and the run goes on.",
                });
                break;
            case ApprovalStep approval:
                Line("Waits for", $"{approval.Role}, who has read this runbook{(approval.Timeout is { } timeout ? $"; counts as refused after {Duration.Of(timeout)}" : "")}.");
                Lookup(approval.Lookup);
                break;
            case WindowStep window:
                Line("Waits for", $"the window, {DeploymentWindow.Words(window.Windows)}. Nobody can skip it; a hotfix is planned without it.");
                break;
            case WaitStep wait:
                Line("Waits", $"{Duration.Of(wait.Duration)}: {wait.Reason} A person can skip it (promote).");
                Lookup(wait.Lookup);
                break;
        }

        text.AppendLine();
    }

    private void Write(EffectStep effect)
    {
        Commands(effect.Commands, "Only the host's code can do this.");
        Line("Expected", effect.Expected);
        Line("Verification", effect.Verification);
        if (effect.VerificationCommands.Count > 0)
        {
            text.AppendLine().AppendLine(Markdown.Block(effect.VerificationCommands)).AppendLine();
        }

        foreach (string note in effect.Notes ?? [])
        {
            Line("Note", note);
        }

        switch (effect.Undo.Kind)
        {
            case UndoKind.Operation:
                text.AppendLine("- Undo:").AppendLine();
                Commands(effect.Undo.Commands, "Only the host's code can undo this.");
                break;
            case UndoKind.Kept:
                Line("Undo", $"not by a rollback. {effect.Undo.Reason} By hand:");
                text.AppendLine();
                Commands(effect.Undo.Commands, "Only the host's code can undo this.");
                break;
            case UndoKind.Nothing:
                Line("Undo", $"nothing to undo. {effect.Undo.Reason}");
                break;
            default:
                Line("Undo", $"IMPOSSIBLE. {effect.Undo.Reason}");
                break;
        }

        Line("Repeat", effect.Repeatability switch
        {
            Repeatability.Idempotent => "safe at any time.",
            Repeatability.Probeable => "only after looking that it did not take effect.",
            _ => "never without a person's decision.",
        });
        int attempts = effect.Repeatability == Repeatability.AtMostOnce ? 1 : effect.Retry.Attempts;
        Line("Time-out", $"{Duration.Of(effect.Retry.Timeout)}{(attempts == 1 ? ", and it is tried once." : $" for each attempt, at most {attempts} attempts.")}");
    }

    private void Commands(IReadOnlyList<string> commands, string otherwise) =>
        text.AppendLine(commands.Count > 0 ? Markdown.Block(commands) : otherwise).AppendLine();

    private void Lookup(IReadOnlyList<string>? lines)
    {
        if (lines is { Count: > 0 })
        {
            text.AppendLine("- To look at it meanwhile:").AppendLine().AppendLine(Markdown.Block(lines));
        }
    }

    private void Line(string name, string value) => text.AppendLine(CultureInfo.InvariantCulture, $"- {name}: {Markdown.Text(value)}");

    /// <summary>That what served before is compared with goes without saying.</summary>
    private static string ComparedWith(CheckSubject subject) => subject switch
    {
        { Cohort: { } cohort } => $", users who have {cohort.Flag} ({cohort.Stage}), compared with users who don't",
        { Baseline: { Role: RevisionRole.Baseline } baseline } => $", compared with {baseline}",
        _ => "",
    };

    private static string PhaseName(Phase phase) => phase switch
    {
        Phase.SmokeTest => "Smoke test",
        _ => phase.ToString(),
    };
}
