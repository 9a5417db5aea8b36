namespace Deployment.Strategies.Canary;

/// <summary>A step as it is made on one target.</summary>
/// <param name="Given">What was asked for.</param>
/// <param name="Weight">The share that the target makes of it.</param>
internal sealed record PlannedStep(CanaryStep Given, int Weight)
{
    /// <summary>For titles: nothing where the share is the one that was asked for.</summary>
    internal string Asked => Weight == Given.Weight ? "" : $" ({Given.Weight}% was asked for)";
}
