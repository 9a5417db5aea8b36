namespace Deployment.Sql.Scripts;

/// <summary>
/// Numbers tell the order of changes: each has one name, and they have no hole, because a missing number is a script that was lost or
/// is still to come from somebody else.
/// </summary>
internal static class SqlNumbers
{
    internal static IEnumerable<string> Problems(IReadOnlyList<SqlFileName> names)
    {
        SqlFileName[] scripts = [.. names.Where(name => name.Part == SqlFilePart.Script)];
        var changes = scripts.Where(name => name.Number is not null).GroupBy(name => name.Number!.Value).OrderBy(change => change.Key).ToArray();
        foreach (IGrouping<int, SqlFileName> change in changes)
        {
            string[] prefixes = [.. change.Select(name => name.Id[..name.Id.IndexOf('.', StringComparison.Ordinal)]).Distinct()];
            if (prefixes.Length > 1)
            {
                yield return $"Two changes have the number {change.Key}: {string.Join(", ", change.Select(name => name.FileName))}. Give one of them the next free number.";
            }
        }

        foreach ((IGrouping<int, SqlFileName> before, IGrouping<int, SqlFileName> after) in changes.Zip(changes.Skip(1)))
        {
            if (after.Key != before.Key + 1)
            {
                yield return $"No script has the number {before.Key + 1}{(after.Key > before.Key + 2 ? $" to {after.Key - 1}" : "")}: {after.First().FileName} follows upon {before.First().FileName}. Add what is missing, or number them without a hole.";
            }
        }
    }
}
