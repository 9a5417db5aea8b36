using Deployment.Execution;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Has the targets that can tell it say what a release would change.</summary>
internal static class ExpectedChanges
{
    private const int MostTargetsAtOnce = 4;
    private const int MostLines = 200;
    private const int LongestLine = 2000;

    /// <exception cref="DeploymentException">Targets can't find out; every one is told.</exception>
    internal static async Task<IReadOnlyList<TargetChanges>> OfAsync(IEnumerable<DeploymentTarget> targets, Release release, IReadOnlyDictionary<string, Observation> seen, CancellationToken cancellationToken)
    {
        Telling[] telling = [.. targets
            // What makes a deployment impossible is told instead.
            .Where(target => target.Refuses(release.Artifact) is null && seen[target.Name].Problems.Count == 0)
            .Select(target => (target.Name, Shows: target.Capability<IShowChanges>(seen[target.Name])))
            .Where(target => target.Shows is not null)
            .Select(target => new Telling(target.Name, target.Shows!))];
        if (telling.Length == 0)
        {
            return [];
        }

        IReadOnlyList<TargetChanges> told = await SideBySide.RunAsync(
            telling, MostTargetsAtOnce, "What would change can't be found out everywhere", target => target.Name, async target => Bounded(target.Name, await target.Shows.ChangesAsync(release, cancellationToken)));
        return [.. told.Where(changes => changes.Lines.Count + changes.Problems.Count > 0)];
    }

    /// <summary>What comes from outside, as a runbook has it.</summary>
    private static TargetChanges Bounded(string target, TargetChanges changes) => changes with
    {
        Target = target,
        Lines =
        [
            .. changes.Lines.Take(MostLines).Select(line => Naming.PrintableUpTo(line, LongestLine)),
            .. changes.Lines.Count > MostLines ? new[] { $"and {changes.Lines.Count - MostLines} lines more" } : [],
        ],
    };

    private sealed record Telling(string Name, IShowChanges Shows);
}
