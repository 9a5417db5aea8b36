using System.Globalization;
using System.Text;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Reports;

/// <summary>Prints what targets said that a release would change there.</summary>
internal static class ChangesReport
{
    internal static void Write(StringBuilder text, Runbook runbook)
    {
        if (runbook.Changes is not { } changes)
        {
            return;
        }

        text.AppendLine("## What would change").AppendLine();
        foreach (TargetChanges target in changes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Markdown.Code(target.Target)}:").AppendLine();
            text.AppendLine(Markdown.Block(target.Lines, "text")).AppendLine();
        }
    }
}
