using System.Data.Common;
using System.Text.RegularExpressions;

namespace Deployment.Sql.Running;

/// <summary>The repeatable scripts that may rest on a migration that is undone: those that ran after it.</summary>
internal sealed partial class RestingScripts
{
    /// <summary>What the database's sentence has besides names.</summary>
    private static readonly string[] Others = ["cannot", "drop", "because", "other", "objects", "depend", "it", "schema", "sequence", "domain", "extension", "operator", "class", "view", "materialized", "depends", "on", "column", "of", "table", "function", "trigger", "rule", "type", "index", "constraint", "policy", "default", "value", "for"];

    private readonly SqlDialect _dialect;
    private readonly HistoryRow[] _later;

    internal RestingScripts(string undone, IReadOnlyList<HistoryRow> rows, SqlDialect dialect)
    {
        _dialect = dialect;
        _later = [.. rows.SkipWhile(row => row.Id != undone).Where(row => row.Id.StartsWith("R_", StringComparison.Ordinal))];
    }

    /// <summary>What they made may go with the undo, or not work without it, so their record goes as well: they run again when the migration is back.</summary>
    internal IReadOnlyList<string> Later => [.. _later.Select(row => row.Id)];

    /// <summary>Does the undo. Where the database refuses it because something rests on it, the error names the scripts that may have made that.</summary>
    internal async Task NamedAsync(Func<Task> undo)
    {
        try
        {
            await undo().ConfigureAwait(false);
        }
        catch (DeploymentException error) when (error.InnerException is DbException inner && _dialect.Needed(inner) is { } needed && Users(needed) is { Length: > 0 } users)
        {
            string scripts = users.Length == 1 ? $"The repeatable script {users[0]} speaks" : $"The repeatable scripts {string.Join(", ", users)} speak";
            throw new DeploymentException($"{error.Message.Trim()} {scripts} of that. What a repeatable script made stays when a release goes back: drop it by hand, and undo again. It is made again with the next release that has the script.", error);
        }
    }

    /// <summary>Those whose text has a name of what was to go.</summary>
    private string[] Users(string needed)
    {
        HashSet<string> names = [.. Words(needed).Except(Others)];
        return [.. _later.Where(row => row.Script is { } script && names.Overlaps(Words(script))).Select(row => row.Id)];
    }

    private static HashSet<string> Words(string text) => [.. Word().Matches(text).Select(match => match.Value.ToLowerInvariant())];

    [GeneratedRegex(@"\w+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
