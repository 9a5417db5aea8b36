using Deployment.Health;
using Deployment.Targets;

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

    /// <summary>
    /// Checks of the strategy's own, which its plans place with <see cref="RunbookBuilder.Check(Check, CheckSubject, Runbooks.FailureAction)"/>; their names are
    /// unique in the pipeline. Asked when the pipeline is built and its options are fine. Default none.
    /// </summary>
    IReadOnlyList<Check> Checks => [];

    /// <summary>Plans one target. It asks the context for the capabilities that it needs, and builds the steps.</summary>
    void Plan(StrategyContext context, RunbookBuilder runbook);

    /// <summary>
    /// Plans all targets together. Default: each by <see cref="Plan"/>. A strategy that does something once for all of them, such as opening
    /// a flag, does it before or after <see cref="PipelineContext.PlanTargets"/>.
    /// </summary>
    void PlanAll(PipelineContext context, RunbookBuilder runbook)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.PlanTargets(runbook);
    }

    /// <summary>
    /// Whether a release that takes the traffic already is left as it is: the candidate is then the live revision. Default false: the same
    /// release is installed once more.
    /// </summary>
    bool KeepsLive => false;

    /// <summary>
    /// Whether going back one step leaves the live release as it is, because something else is taken back first, such as a flag that is open.
    /// Pure. Default false.
    /// </summary>
    /// <param name="resources">What was seen at the pipeline's resources.</param>
    bool GoesBackInPlace(IReadOnlyList<Observation> resources) => false;
}
