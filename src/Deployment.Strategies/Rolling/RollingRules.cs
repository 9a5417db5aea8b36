namespace Deployment.Strategies.Rolling;

/// <summary>What the options of rolling keep to; each problem is a sentence that says what to mend.</summary>
internal static class RollingRules
{
    internal static IReadOnlyList<string> Problems(RollingOptions options) =>
    [
        .. Amount("MaxUnavailable", options.MaxUnavailable, least: 0),
        .. Amount("MaxSurge", options.MaxSurge, least: 0),
        .. options.BatchSize is null ? [] : Amount("BatchSize", options.BatchSize, least: 1),
        .. options is { MaxUnavailable.Value: 0, MaxSurge.Value: 0 }
            ? new[] { "Rolling's MaxUnavailable and MaxSurge are both zero: no instance could ever be replaced. Let at least one be missing, or run besides." }
            : [],
        .. OptionRules.Bake("Rolling's PauseBetween", options.PauseBetween),
        .. OptionRules.Reason("Rolling", options.Reason),
    ];

    private static IEnumerable<string> Amount(string name, RollingAmount? amount, int least)
    {
        if (amount is null || !amount.IsInRange || amount.Value < least)
        {
            yield return $"Rolling's {name} is {amount?.ToString() ?? "null"}; it must be {least} to 100%, or a number of instances from {least} to 10000.";
        }
    }
}
