namespace Deployment.Analysis.Sequential;

/// <summary>What is assumed of the streams before they have shown how their bad answers come; it fades as batches are seen.</summary>
internal sealed record DispersionPrior
{
    /// <summary>The ratio of a batch's variance to that of independent answers. At least 1; 2.5 is the default.</summary>
    internal double Ratio { get; init; } = 2.5;

    /// <summary>The correlation of a batch's residual with the next one's. From 0 to below 1; 0.8 is the default.</summary>
    internal double Correlation { get; init; } = 0.8;

    /// <summary>How much the assumptions weigh, in bad answers: as much as so many, or as <see cref="Batches"/>, whichever is more. 0 or more; 6 is the default.</summary>
    internal double Weight { get; init; } = 6;

    /// <summary>How much the assumptions weigh, in batches of a version. Above 0; 15 is the default.</summary>
    internal double Batches { get; init; } = 15;
}
