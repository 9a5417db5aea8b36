using Deployment.Releases;

namespace Deployment.Health;

/// <summary>What a check looks at: a candidate revision on a target and, where there is one, what it is compared with.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Candidate">The revision that is judged.</param>
/// <param name="Baseline">The revision that served before or, where a canary has one, its baseline: a fresh copy of that release. Null at a first deployment.</param>
public sealed record CheckSubject(string Target, RevisionId Candidate, RevisionId? Baseline = null);
