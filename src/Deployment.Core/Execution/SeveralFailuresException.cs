namespace Deployment.Execution;

/// <summary>Everything that failed among things that were done side by side. One alone is told as it is.</summary>
internal sealed class SeveralFailuresException(string what, IReadOnlyList<string> failures, IReadOnlyList<Exception> causes)
    : DeploymentException(failures.Count == 1 ? failures[0] : $"{what}:{string.Concat(failures.Select(failure => "\n- " + failure))}", causes.Count == 1 ? causes[0] : new AggregateException(causes))
{
    /// <summary>Each failure, with the name of what it befell.</summary>
    internal IReadOnlyList<string> Failures { get; } = failures;
}
