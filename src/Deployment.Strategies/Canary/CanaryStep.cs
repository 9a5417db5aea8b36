namespace Deployment.Strategies.Canary;

/// <summary>A share of the users that gets the release, and what happens while it has it. A number stands for a step with that weight.</summary>
public sealed record CanaryStep
{
    /// <summary>The release's share of the traffic in percent, 1 to 100.</summary>
    public required int Weight { get; init; }

    /// <summary>How long the release is left at this share before it is checked: 0 to 7 days. Default null: <see cref="CanaryOptions.BakeTime"/>.</summary>
    public TimeSpan? BakeTime { get; init; }

    /// <summary>A person who lets this step begin. Default null: it begins by itself.</summary>
    public ManualGate? Gate { get; init; }

    /// <summary>Whether the pipeline's checks under traffic stand at this step, after the bake. Default true; at the last step they always do.</summary>
    public bool Checks { get; init; } = true;

    /// <summary>A step with this weight.</summary>
    /// <param name="weight">The share in percent, 1 to 100.</param>
    public static implicit operator CanaryStep(int weight) => FromInt32(weight);

    /// <summary>A step with this weight.</summary>
    /// <param name="weight">The share in percent, 1 to 100.</param>
    public static CanaryStep FromInt32(int weight) => new() { Weight = weight };
}
