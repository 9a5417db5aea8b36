using Deployment.Releases;

namespace Deployment.Migrations;

/// <summary>What is wrong with what a migrator saw, whichever it is: all of it at once.</summary>
internal static class MigrationRules
{
    private const int LongestScript = 4 * 1024 * 1024;

    internal static IEnumerable<string> Problems(string database, MigrationsSeen seen) =>
        seen.Problems
            .Concat(seen.Known.SelectMany(migration => OfOne(database, migration)))
            .Concat(seen.Known.GroupBy(migration => migration.Id, StringComparer.Ordinal).Where(same => same.Count() > 1)
                .Select(same => $"{same.Count()} migrations of {database} are called '{Naming.Printable(same.Key)}'. Give each its own name."))
            .Concat(OfHistory(database, seen));

    private static IEnumerable<string> OfOne(string database, Migration migration)
    {
        if (Title.Problem("migration", migration.Id) is { } problem)
        {
            yield return problem;
            yield break;
        }

        string which = $"The migration '{migration.Id}' of {database}";
        if (!Enum.IsDefined(migration.Phase))
        {
            yield return $"{which} is of the phase {migration.Phase}, which is none.";
        }

        if (migration.Script.Length > LongestScript || migration.Undo?.Script?.Length > LongestScript)
        {
            yield return $"{which} is longer than 4 MiB. Split it, or load data by a tool of their own.";
        }

        if (migration.Checksum.Length != 64 || !migration.Checksum.All(char.IsAsciiHexDigitLower))
        {
            yield return $"{which} has the checksum '{Naming.Printable(migration.Checksum)}'; it must be 64 lower-case hexadecimal digits.";
        }

        if (migration is { Undo: null, IsRepeatable: false })
        {
            yield return $"{which} has no undo. Say how it is taken back, that nothing is to be done, or, of a contract, why nothing can be.";
        }

        if (migration is { Undo.IsImpossible: true, Phase: not MigrationPhase.Contract })
        {
            yield return $"{which} can't be undone, and only a contract may be so: until the rollback window has closed everything must be one that can be taken back.";
        }

        if (migration is { IsUnrecorded: true, Phase: MigrationPhase.Contract })
        {
            yield return $"{which} is a contract, and nothing tells whether it was done: every deployment would do it again. Say how one asks (ProbeBy).";
        }

        if (migration.Batches is { } batches && (migration.Phase != MigrationPhase.Backfill || batches.Rows is < 1 or > 1_000_000))
        {
            yield return migration.Phase != MigrationPhase.Backfill
                ? $"{which} goes through a table in batches, which only a backfill does."
                : $"{which} takes {batches.Rows} rows at a time; it must be 1 to 1,000,000.";
        }

        if (migration is { DestroysData: not null, Phase: not MigrationPhase.Contract })
        {
            yield return $"{which} destroys data, which only a contract may: until the rollback window has closed the old release needs them.";
        }
    }

    private static IEnumerable<string> OfHistory(string database, MigrationsSeen seen)
    {
        var applied = seen.Applied.GroupBy(one => one.Id, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);
        var known = seen.Known.DistinctBy(migration => migration.Id).ToDictionary(migration => migration.Id, StringComparer.Ordinal);
        foreach (Migration changed in known.Values.Where(migration => !migration.IsRepeatable && applied.GetValueOrDefault(migration.Id)?.Checksum is { } checksum && checksum != migration.Checksum))
        {
            yield return $"The migration '{Naming.Printable(changed.Id)}' of {database} was applied with the checksum {Short(applied[changed.Id].Checksum!)} and is {Short(changed.Checksum)} now. Put back what it was, and say the change in a new migration.";
        }

        // What comes after all that is known a newer release brought: the schema stays forward, and an older release works with it.
        string[] order = [.. seen.Applied.Select(one => one.Id)];
        int newest = Array.FindLastIndex(order, known.ContainsKey);
        foreach (string gone in order.Take(newest + 1).Where(id => !known.ContainsKey(id)).Distinct(StringComparer.Ordinal))
        {
            yield return $"{database} has the migration '{Naming.Printable(gone)}', which the source doesn't have, though it has later ones. Put it back.";
        }

        foreach (MigrationPhase phase in Enum.GetValues<MigrationPhase>())
        {
            Migration[] inOrder = [.. known.Values.Where(migration => migration.Phase == phase && !migration.IsRepeatable && !migration.IsUnrecorded)];
            int last = Array.FindLastIndex(inOrder, migration => applied.ContainsKey(migration.Id));
            foreach (Migration hole in inOrder.Take(Math.Max(0, last)).Where(migration => !applied.ContainsKey(migration.Id)))
            {
                yield return $"The migration '{Naming.Printable(hole.Id)}' of {database} was not applied, though '{Naming.Printable(inOrder[last].Id)}' after it was. Give it a place after that one.";
            }
        }
    }

    private static string Short(string checksum) => Naming.Printable(checksum.Length > 12 ? checksum[..12] : checksum);
}
