using Deployment.Releases;

namespace Deployment.Services;

/// <summary>
/// Whether each release finds the versions that it requires, at every moment of a deployment: while a service's turn lasts its old and its new
/// release serve side by side, and so do those of others. Pure.
/// </summary>
internal static class ServiceFit
{
    internal static void Check(string pipeline, string environment, IReadOnlyList<ServiceMove> moves, IReadOnlyList<IReadOnlyList<string>> turns, List<string> errors)
    {
        var all = moves.ToDictionary(move => move.Application, StringComparer.Ordinal);
        var turnOf = turns.SelectMany((turn, i) => turn.Select(application => (application, i))).ToDictionary(at => at.application, at => at.i, StringComparer.Ordinal);
        List<string> problems = [];
        for (int turn = 0; turn < turns.Count; turn++)
        {
            foreach (ServiceMove move in moves)
            {
                foreach (RunningVersion serving in At(move, turn, turnOf))
                {
                    foreach ((string needed, string range) in serving.Release?.Requirements ?? new Dictionary<string, string>())
                    {
                        string what = $"{move.Application} {serving.Version}{(serving.Release == move.Coming ? "" : ", which runs,")} requires {needed} {range}";
                        problems.AddRange(all.TryGetValue(needed, out ServiceMove? other)
                            ? Problems(what, move, serving, other, range, [.. At(other, turn, turnOf)], environment)
                            : [$"{what}, and the pipeline '{pipeline}' has no service '{needed}'. It has: {string.Join(", ", all.Keys)}."]);
                    }
                }
            }
        }

        errors.AddRange(problems.Distinct());
    }

    private static IEnumerable<string> Problems(string what, ServiceMove move, RunningVersion serving, ServiceMove other, string range, RunningVersion[] met, string environment)
    {
        if (met.Length == 0)
        {
            yield return $"{what}, and {other.Application} neither runs in {environment} nor comes with this deployment. Bring it first, or with it.";
        }

        foreach (RunningVersion wrong in met.Where(version => !VersionDemand.Accepts(range, version.Version)))
        {
            bool wrongComes = other.Coming is not null && wrong.Release == other.Coming;
            bool servingStays = move.Coming is null || serving.Release != move.Coming;
            yield return (wrongComes, servingStays) switch
            {
                (true, true) => $"{what}, and would meet {other.Application} {wrong.Version}, which comes. First bring a release of {move.Application} that goes together with both.",
                (true, false) => $"{what}, and {other.Application} {wrong.Version} comes with this deployment. Bring a version that is in the range (a pre-release of a version counts as less than that version), or let {move.Application} ask for another range.",
                _ => $"{what}, and would meet {other.Application} {wrong.Version}, which runs in {environment}. First bring another release of {other.Application}, or bring it in the same deployment.",
            };
        }
    }

    /// <summary>What serves of a service during a turn.</summary>
    private static IEnumerable<RunningVersion> At(ServiceMove move, int turn, Dictionary<string, int> turnOf)
    {
        bool moves = turnOf.TryGetValue(move.Application, out int own);
        if (!moves || own >= turn)
        {
            foreach (RunningVersion running in move.Running)
            {
                yield return running;
            }
        }

        if (moves && own <= turn)
        {
            yield return new RunningVersion(move.Coming!.Version, move.Coming);
        }
    }
}
