using System.Globalization;
using System.Text;
using Deployment.Runbooks;

namespace Deployment.Reports;

/// <summary>Prints how to go back, in the order in which the engine would: flags first, then the old revision, then its traffic, then the rest in reverse.</summary>
internal static class RollbackReport
{
    internal static void Write(StringBuilder text, Runbook runbook)
    {
        text.AppendLine("## Going back").AppendLine();
        text.AppendLine("The run goes back by itself when:").AppendLine();
        foreach (string trigger in runbook.Triggers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {Markdown.Text(trigger)}");
        }

        text.AppendLine();
        foreach (string target in runbook.Targets.Where(target => target is { Previous: null, Candidate: not null }).Select(target => target.Target))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Nothing ran on {Markdown.Code(target)} before: there is nothing to go back to, and going back removes what was made.").AppendLine();
        }

        text.AppendLine("By hand: first abort the run, or make sure that the process which drives it has ended. Then, for the steps that were begun, in this order:").AppendLine();
        int number = 0;
        foreach ((string title, IReadOnlyList<string> commands) in Procedure(runbook))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{++number}. {Markdown.Text(title)}").AppendLine();
            text.AppendLine(commands.Count > 0 ? Markdown.Block(commands) : "Only the host's code can do this.").AppendLine();
        }

        if (number > 0)
        {
            text.AppendLine("At the end resume the run and abort it: it then ends as rolled back and gives its targets free.").AppendLine();
        }
        else
        {
            text.AppendLine("Nothing needs to be undone.").AppendLine();
        }
    }

    private static IEnumerable<(string Title, IReadOnlyList<string> Commands)> Procedure(Runbook runbook)
    {
        List<EffectStep> steps = [.. runbook.Steps.OfType<EffectStep>().Where(step => step.Undo.Kind == UndoKind.Operation)];
        foreach (IGrouping<string, EffectStep> flag in steps.Where(step => step.ChangesFlag).GroupBy(step => step.Operation.Target))
        {
            yield return ($"Set {flag.Key} to what it was before, in one step", flag.First().Undo.Commands);
        }

        bool inTurn = runbook.HasTurns();
        foreach (IGrouping<string, EffectStep> target in steps.Where(step => step.ChangesTraffic || (inTurn && step.UndoInTurn)).GroupBy(step => step.Operation.Target).OrderByDescending(target => runbook.TurnOf(target.Key)))
        {
            foreach (EffectStep batch in target.Where(step => step.UndoInTurn).Reverse())
            {
                yield return ($"Undo: {batch.Title}", batch.Undo.Commands);
            }

            if (target.FirstOrDefault(step => step.ChangesTraffic) is not { } first)
            {
                continue;
            }

            if (runbook.Rollback.FirstOrDefault(guard => guard.Target == target.Key)?.Ensure is { } ensure)
            {
                yield return (ensure.Title, ensure.Commands);
            }

            string title = runbook.Targets.FirstOrDefault(run => run.Target == target.Key)?.Previous is { } previous
                ? $"Give the traffic of {target.Key} back to {previous}, in one step"
                : $"Take the traffic of {target.Key} away";
            yield return (title, first.Undo.Commands);
        }

        foreach (EffectStep step in steps.Where(step => !step.ChangesTraffic && !step.ChangesFlag && !(inTurn && step.UndoInTurn)).Reverse())
        {
            yield return ($"Undo: {step.Title}", step.Undo.Commands);
        }

        foreach (CheckStep check in runbook.Rollback.SelectMany(guard => guard.Verify))
        {
            yield return ($"Check that {check.Subject.Candidate} is well: {check.Title}", check.Commands);
        }
    }
}
