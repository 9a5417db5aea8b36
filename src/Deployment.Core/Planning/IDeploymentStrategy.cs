namespace Deployment.Planning;

/// <summary>
/// Turns what was observed on one target, and the release, into steps. It is pure: no I/O, no clock, no randomness,
/// so that the same input always gives the same runbook.
/// </summary>
public interface IDeploymentStrategy
{
    /// <summary>The field's name for it, such as <c>blue-green</c>: 1 to 63 letters, digits, '.' or '-'.</summary>
    string Name { get; }

    /// <summary>Everything wrong with the options, each a sentence; empty when they are fine. Asked when the pipeline is built.</summary>
    IReadOnlyList<string> Validate();

    /// <summary>Plans one target. It asks the context for the capabilities that it needs, and builds the steps.</summary>
    void Plan(StrategyContext context, RunbookBuilder runbook);
}
