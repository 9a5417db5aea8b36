using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>A rule and what it does when it counts.</summary>
/// <param name="Rule">When it counts.</param>
/// <param name="Action">What is done then.</param>
internal sealed record MonitorRule(MetricRule Rule, FailureAction Action)
{
    /// <summary>Whether it is left out where nothing measures its metrics; otherwise that is an error of the plan.</summary>
    internal bool IsOptional { get; init; }

    internal string Text => Rule.ToString();
}
