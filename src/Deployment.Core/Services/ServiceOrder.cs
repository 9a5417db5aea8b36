using Deployment.Store;

namespace Deployment.Services;

/// <summary>
/// In which turns services get their releases: what is needed first, so that nobody meets a version that is not there yet. Going back it is
/// the other way round. Pure.
/// </summary>
internal static class ServiceOrder
{
    /// <summary>The turns, each with the services that go side by side, in the order in which they were added.</summary>
    /// <param name="kind">Why the run is made.</param>
    /// <param name="moves">All services of the pipeline.</param>
    /// <param name="errors">Takes a sentence for a circle, after which there are no turns.</param>
    internal static IReadOnlyList<IReadOnlyList<string>> Of(RunKind kind, IReadOnlyList<ServiceMove> moves, List<string> errors)
    {
        var needs = moves.Where(move => move.Coming is not null).ToDictionary(move => move.Application, move => NeedsOf(kind, move), StringComparer.Ordinal);
        foreach (HashSet<string> needed in needs.Values)
        {
            // Who is left alone is there already.
            needed.IntersectWith(needs.Keys);
        }

        List<IReadOnlyList<string>> turns = [];
        while (needs.Count > 0)
        {
            string[] turn = [.. moves.Select(move => move.Application).Where(application => needs.TryGetValue(application, out HashSet<string>? left) && left.Count == 0)];
            if (turn.Length == 0)
            {
                errors.Add($"The services need each other in a circle: {string.Join(" → ", Circle(needs))}. One of them must go without the other for a while: bring it in two releases.");
                return [];
            }

            turns.Add(turn);
            foreach (string done in turn)
            {
                needs.Remove(done);
            }

            foreach (HashSet<string> left in needs.Values)
            {
                left.ExceptWith(turn);
            }
        }

        if (kind == RunKind.RollBack)
        {
            turns.Reverse();
        }

        return turns;
    }

    /// <summary>Going back takes away what runs, so it is that whose needs count.</summary>
    private static HashSet<string> NeedsOf(RunKind kind, ServiceMove move) => new(
        kind == RunKind.RollBack
            ? move.Running.SelectMany(running => running.Release?.Requirements?.Keys ?? [])
            : move.Coming!.Requirements?.Keys ?? [],
        StringComparer.Ordinal);

    /// <summary>One of the circles, from a service to itself.</summary>
    private static List<string> Circle(Dictionary<string, HashSet<string>> needs)
    {
        // Each of those left needs another one of them, so whoever goes on will come by somewhere twice.
        List<string> path = [needs.Keys.Order(StringComparer.Ordinal).First()];
        while (true)
        {
            string next = needs[path[^1]].Order(StringComparer.Ordinal).First();
            int seen = path.IndexOf(next);
            path.Add(next);
            if (seen >= 0)
            {
                return path[seen..];
            }
        }
    }
}
