namespace Deployment.Testing;

/// <summary>A strategy doesn't keep a promise.</summary>
public sealed class StrategyConformanceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="scenario">The name of the case.</param>
    /// <param name="faults">What was found, at least one.</param>
    public StrategyConformanceException(string scenario, IReadOnlyList<StrategyFault> faults)
        : base($"{scenario}:{string.Concat((faults ?? []).Select(fault => $"{Environment.NewLine}- {fault.Promise}: {fault.Message}"))}") => Faults = faults ?? [];

    /// <summary>What was found: each promise once, where it was first broken.</summary>
    public IReadOnlyList<StrategyFault> Faults { get; }
}
