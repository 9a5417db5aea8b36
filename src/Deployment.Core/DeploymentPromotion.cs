using Deployment.Releases;
using Deployment.Store;

namespace Deployment;

/// <summary>
/// Pipelines of one application in the order of their environments, such as development, staging and production. The order is held by the policy of
/// each pipeline, so it counts as well where one of them is called directly, as a hotfix does that comes to production alone.
/// </summary>
public sealed class DeploymentPromotion
{
    private readonly IReadOnlyList<DeploymentPipeline> _pipelines;

    private DeploymentPromotion(IReadOnlyList<DeploymentPipeline> pipelines) => _pipelines = pipelines;

    /// <summary>A promotion through the environments of these pipelines.</summary>
    /// <param name="pipelines">At least two, in order; all of one store, and the policy of each but the first comes after the environment before it.</param>
    /// <exception cref="DeploymentValidationException">They don't follow each other; all errors together.</exception>
    public static DeploymentPromotion Through(params IReadOnlyList<DeploymentPipeline> pipelines)
    {
        ArgumentNullException.ThrowIfNull(pipelines);
        string[] errors = [.. Problems([.. pipelines])];
        return errors.Length > 0 ? throw new DeploymentValidationException("The promotion", errors) : new DeploymentPromotion([.. pipelines]);
    }

    /// <summary>
    /// Brings a release to each environment in turn. Those that the same artifacts passed already are passed over, so after an interruption it is
    /// called again. It stops after the first that doesn't end as <see cref="DeploymentOutcome.Succeeded"/>.
    /// </summary>
    /// <param name="release">What to bring.</param>
    /// <param name="to">The last environment to bring it to.</param>
    /// <param name="cancellationToken">As for <see cref="DeploymentPipeline.DeployAsync(Release, CancellationToken)"/>.</param>
    /// <returns>How each run ended, in order; empty when the release passed all of them before.</returns>
    /// <exception cref="DeploymentValidationException">The release lacks something that one of the environments asks for: all of it together, before anything is changed. Or a run can't be planned.</exception>
    public Task<IReadOnlyList<DeploymentResult>> PromoteAsync(Release release, string to, CancellationToken cancellationToken = default) =>
        PromoteAsync(_ => release, to, cancellationToken);

    /// <summary>The same with settings that differ from environment to environment.</summary>
    /// <param name="releaseIn">Gives the release for an environment, by its name. Its artifacts must be the same in all of them.</param>
    /// <param name="to">The last environment to bring it to.</param>
    /// <param name="cancellationToken">As for <see cref="DeploymentPipeline.DeployAsync(Release, CancellationToken)"/>.</param>
    public async Task<IReadOnlyList<DeploymentResult>> PromoteAsync(Func<string, Release> releaseIn, string to, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(releaseIn);
        (DeploymentPipeline Pipeline, Release Release)[] way = [.. WayTo(to).Select(pipeline => (pipeline, releaseIn(pipeline.Environment)))];
        string[] lacks = [.. way.SelectMany(part => part.Pipeline.Lacks(part.Release)).Concat(Others(way)).Distinct()];
        if (lacks.Length > 0)
        {
            throw new DeploymentValidationException($"The promotion of {way[0].Release.Application} {way[0].Release.Version} to {to}", lacks);
        }

        List<DeploymentResult> results = [];
        foreach ((DeploymentPipeline pipeline, Release release) in way)
        {
            if (await pipeline.PassedAsync(release, cancellationToken))
            {
                continue;
            }

            results.Add(await pipeline.DeployAsync(release, cancellationToken));
            if (results[^1].Outcome != DeploymentOutcome.Succeeded)
            {
                break;
            }
        }

        return results;
    }

    private IEnumerable<DeploymentPipeline> WayTo(string to)
    {
        int last = _pipelines.Select(pipeline => pipeline.Environment).ToList().IndexOf(to);
        return last >= 0
            ? _pipelines.Take(last + 1)
            : throw new DeploymentException($"The promotion doesn't lead to '{Naming.Printable(to ?? "")}'. It leads through {string.Join(", ", _pipelines.Select(pipeline => pipeline.Environment))}.");
    }

    private static IEnumerable<string> Others((DeploymentPipeline Pipeline, Release Release)[] way) => way.Skip(1)
        .Where(part => part.Release.Digest != way[0].Release.Digest)
        .Select(part => $"The release for {part.Pipeline.Environment} has other artifacts (digest {part.Release.Digest[..12]}) than the one for {way[0].Pipeline.Environment} ({way[0].Release.Digest[..12]}). Let only settings differ.");

    private static IEnumerable<string> Problems(DeploymentPipeline?[] pipelines)
    {
        if (pipelines.Length < 2 || pipelines.Any(pipeline => pipeline is null))
        {
            yield return "It needs at least two pipelines, in order, and none that is null.";
            yield break;
        }

        for (int i = 0; i < pipelines.Length; i++)
        {
            DeploymentPipeline pipeline = pipelines[i]!;
            string[] before = [.. pipelines.Take(i).Select(earlier => earlier!.Environment)];
            IReadOnlyList<string> after = pipeline.Policy?.After ?? [];
            if (pipeline.HasServices)
            {
                yield return $"The pipeline of {pipeline.Environment} has services; a promotion brings one release. Promote each application by a pipeline of its own.";
            }

            if (before.Contains(pipeline.Environment))
            {
                yield return $"Two pipelines deploy to {pipeline.Environment}. Each environment stands there once.";
            }

            if (pipeline.Store != pipelines[0]!.Store)
            {
                yield return $"The pipeline of {pipeline.Environment} has another store than that of {pipelines[0]!.Environment}, so it can't see what passed there. Give all of them the same store object: UseStore(store).";
            }

            if (i > 0 && !after.Contains(before[^1]))
            {
                yield return $"{pipeline.Environment} stands after {before[^1]}, but its policy doesn't ask for that: a release could skip {before[^1]}. Say it: InEnvironment(\"{pipeline.Environment}\", policy with {{ After = [\"{before[^1]}\"] }}).";
            }

            foreach (string missing in after.Where(name => !before.Contains(name)))
            {
                yield return $"{pipeline.Environment} comes after {missing}, which doesn't stand before it in the promotion. Put its pipeline there, or take it out of After.";
            }
        }
    }
}
