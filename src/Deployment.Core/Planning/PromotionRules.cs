using Deployment.Environments;
using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>Whether a release may come to an environment, by its policy and by what became of the release before. Asked when a run is planned, when it begins, and before it changes anything.</summary>
internal static class PromotionRules
{
    /// <summary>What the release itself lacks, wherever it was before.</summary>
    internal static IEnumerable<string> OfRelease(PipelineDefinition pipeline, Release release, bool isHotfix)
    {
        EnvironmentPolicy policy = pipeline.Policy ?? EnvironmentPolicy.Development;
        if (policy.TaggedOnly && release.Tag is null)
        {
            yield return $"{pipeline.Environment} takes only tagged releases, and {Name(release)} has no Tag. Tag its commit, build that, and give the release its Tag.";
        }

        if (policy.After.Count > 0 && !isHotfix && !ReleaseIdentity.KnowsContent(release.Artifact))
        {
            yield return release.Artifact is { Package: not null, Sha256: { } wrong }
                ? $"'{Naming.Printable(wrong)}' is no SHA-256, which has 64 hexadecimal digits. {pipeline.Environment} takes only the artifacts that passed {Words(policy.After)}, and {Name(release)} is known by it."
                : $"{pipeline.Environment} takes only the artifacts that passed {Words(policy.After)}, and nothing says what is in the artifact of {Name(release)}: a path may hold something else tomorrow. Deploy an archive with its SHA-256, in each environment: Artifact.Process(…).From(\"shop.zip\", sha256).";
        }
    }

    /// <summary>What stands in its way because of earlier runs.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="release">The release.</param>
    /// <param name="isHotfix">Whether earlier environments are left out.</param>
    /// <param name="allows">Whether it comes although that run rolled it back.</param>
    /// <param name="verdicts">What became of releases.</param>
    internal static IEnumerable<string> OfHistory(PipelineDefinition pipeline, Release release, bool isHotfix, Func<RunRecord, bool> allows, ReleaseVerdicts verdicts)
    {
        if (verdicts.Of(pipeline.Environment, release.Digest)?.RolledBack is { } bad && !allows(bad))
        {
            yield return $"{Name(release)} was rolled back in {pipeline.Environment} by run {bad.Id}{(bad.Reason is { } reason ? $" ({Naming.Printable(reason)})" : "")}. Bring another release; or say why this one comes again: PlanAsync(release, RunOverrides.AllowRolledBack(\"…\")).";
        }

        if (isHotfix || !ReleaseIdentity.KnowsContent(release.Artifact))
        {
            yield break;
        }

        foreach (string before in NotPassed(pipeline, release, verdicts))
        {
            yield return $"{Name(release)} has not passed {before}, and {pipeline.Environment} takes only what has. {Found(verdicts, before, release)} In an emergency bring it as a hotfix, with the reason: PlanAsync(release, RunOverrides.Hotfix(\"…\")).";
        }
    }

    /// <summary>The environments that the policy asks for and that these artifacts have not passed.</summary>
    internal static IEnumerable<string> NotPassed(PipelineDefinition pipeline, Release release, ReleaseVerdicts verdicts) =>
        (pipeline.Policy?.After ?? []).Where(before => verdicts.Of(before, release.Digest)?.Passed is null);

    private static string Found(ReleaseVerdicts verdicts, string before, Release release)
    {
        string other = verdicts.PassedOther(before, release.Version) is { } passed
            ? $"Version {release.Version} passed there with other artifacts (digest {Short(passed.Digest!)}, run {passed.Id}): bring those, or let these pass."
            : $"Deploy it to {before} first.";
        return verdicts.Of(before, release.Digest) is { } verdict
            ? $"There {(verdict.RolledBack is null && verdict.Last.Hotfix is not null ? $"run {verdict.Last.Id} brought it as a hotfix, with checks left out" : $"its last run {verdict.Last.Id} ended as {verdict.Last.Outcome} ({verdict.Last.Kind})")}. {other}"
            : other;
    }

    private static string Name(Release release) => $"{release.Application} {release.Version} (digest {Short(release.Digest)})";

    private static string Words(IReadOnlyList<string> names) => string.Join(" and ", names);

    private static string Short(string digest) => digest[..12];
}
