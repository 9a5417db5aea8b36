namespace Deployment.Strategies;

/// <summary>What options of several strategies keep to; each problem is a sentence that says what to mend.</summary>
internal static class OptionRules
{
    private const int LongestRole = 60;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestBake = TimeSpan.FromDays(7);

    internal static IEnumerable<string> Reason(string strategy, string? reason)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            yield return $"{strategy} needs a reason for the runbook; leave Reason as it is, or write one.";
        }
    }

    internal static IEnumerable<string> Window(string strategy, TimeSpan window)
    {
        if (window < TimeSpan.Zero || window > LongestWindow)
        {
            yield return $"{strategy}'s RollbackWindow is {window}; it must be 0 to {LongestWindow.Days} days.";
        }
    }

    internal static IEnumerable<string> Bake(string what, TimeSpan time)
    {
        if (time < TimeSpan.Zero || time > LongestBake)
        {
            yield return $"{what} is {time}; it must be 0 to {LongestBake.Days} days.";
        }
    }

    internal static IEnumerable<string> Gate(string what, ManualGate? gate)
    {
        if (gate is null)
        {
            yield break;
        }

        if (string.IsNullOrWhiteSpace(gate.Role) || gate.Role.Length > LongestRole || gate.Role.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'))
        {
            yield return $"{what} needs a role of 1 to {LongestRole} characters on one line, such as 'approver'.";
        }

        if (gate.Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > LongestWindow))
        {
            yield return $"{what} has the time-out {timeout}; it must be more than 0 and at most {LongestWindow.Days} days, or null for ever.";
        }
    }
}
