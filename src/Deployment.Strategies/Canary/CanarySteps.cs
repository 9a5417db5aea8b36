namespace Deployment.Strategies.Canary;

/// <summary>Steps by the names that the field knows them by. After the last one nothing waits: the release has all traffic, and is checked.</summary>
public static class CanarySteps
{
    /// <summary>10, 25, 50 and 100%, each with the options' bake time.</summary>
    public static IReadOnlyList<CanaryStep> Default { get; } = [10, 25, 50, 100];

    /// <summary>10% for 5 minutes, then all.</summary>
    public static IReadOnlyList<CanaryStep> Canary10Percent5Minutes { get; } = TwoSteps(10, 5);

    /// <summary>10% for 10 minutes, then all.</summary>
    public static IReadOnlyList<CanaryStep> Canary10Percent10Minutes { get; } = TwoSteps(10, 10);

    /// <summary>10% for 15 minutes, then all.</summary>
    public static IReadOnlyList<CanaryStep> Canary10Percent15Minutes { get; } = TwoSteps(10, 15);

    /// <summary>10% for 30 minutes, then all.</summary>
    public static IReadOnlyList<CanaryStep> Canary10Percent30Minutes { get; } = TwoSteps(10, 30);

    /// <summary>10% more every minute.</summary>
    public static IReadOnlyList<CanaryStep> Linear10PercentEvery1Minute { get; } = Linear(10, TimeSpan.FromMinutes(1));

    /// <summary>10% more every 2 minutes.</summary>
    public static IReadOnlyList<CanaryStep> Linear10PercentEvery2Minutes { get; } = Linear(10, TimeSpan.FromMinutes(2));

    /// <summary>10% more every 3 minutes.</summary>
    public static IReadOnlyList<CanaryStep> Linear10PercentEvery3Minutes { get; } = Linear(10, TimeSpan.FromMinutes(3));

    /// <summary>10% more every 10 minutes.</summary>
    public static IReadOnlyList<CanaryStep> Linear10PercentEvery10Minutes { get; } = Linear(10, TimeSpan.FromMinutes(10));

    /// <summary>Equal steps up to 100%; the last one is smaller where the percentage doesn't divide 100.</summary>
    /// <param name="percent">How much more at each step, 1 to 100.</param>
    /// <param name="every">How long each step lasts, 0 to 7 days.</param>
    /// <exception cref="ArgumentOutOfRangeException">The percentage is outside its range. The time is judged when the pipeline is built.</exception>
    public static IReadOnlyList<CanaryStep> Linear(int percent, TimeSpan every)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        List<CanaryStep> steps = [];
        for (int weight = percent; weight < 100; weight += percent)
        {
            steps.Add(new CanaryStep { Weight = weight, BakeTime = every });
        }

        return [.. steps, Last];
    }

    private static CanaryStep Last => new() { Weight = 100, BakeTime = TimeSpan.Zero };

    private static IReadOnlyList<CanaryStep> TwoSteps(int percent, int minutes) =>
        [new CanaryStep { Weight = percent, BakeTime = TimeSpan.FromMinutes(minutes) }, Last];
}
