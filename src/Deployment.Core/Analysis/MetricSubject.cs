using Deployment.Flags;
using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>Whose metric is read: the candidate's, or that of what it is compared with.</summary>
/// <param name="Environment">The environment's name.</param>
/// <param name="Target">The target's name.</param>
/// <param name="Revision">The revision.</param>
public sealed record MetricSubject(string Environment, string Target, RevisionId Revision)
{
    /// <summary>Where a feature flag is judged: the flag. Null everywhere else.</summary>
    public FlagCohort? Cohort { get; init; }

    /// <summary>Whether, of a cohort, the users who have the flag are meant. Default true; those who don't are the baseline.</summary>
    public bool HasFlag { get; init; } = true;

    /// <summary>The revision and where it is, and of a cohort which.</summary>
    public override string ToString() => Cohort is null ? $"{Revision} on {Target}" : $"{Revision} on {Target}, users with{(HasFlag ? "" : "out")} {Cohort.Flag}";
}
