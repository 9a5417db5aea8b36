using System.Globalization;
using Deployment.Store;

namespace DockerCanary;

/// <summary>Shows what happens, in a line each.</summary>
internal sealed class Progress : IProgress<JournalEntry>
{
    public void Report(JournalEntry value)
    {
        if (value.Kind is JournalEntryKind.StepSucceeded or JournalEntryKind.CheckPassed or JournalEntryKind.CheckFailed or JournalEntryKind.StepFailed or JournalEntryKind.RollbackStarted or JournalEntryKind.RunEnded)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {value.At.ToLocalTime():HH:mm:ss.fff} {value.Kind,-15} {value.Step} {value.Text}"));
        }
    }
}
