using Deployment.Sql.Scripts;
using Deployment.Sql.Syncing;

namespace Deployment.Sql;

/// <summary>
/// A column that gets another name or type, or is split, while the old and the new release both write: a trigger keeps old and new columns in step from the
/// expand until the contract. It is written once as scripts of plain SQL into the folder, where they are scripts like all others.
/// </summary>
public sealed class SyncedColumns
{
    private readonly SyncedChange _change;
    private readonly string _key;
    private readonly int _rows;
    private readonly IReadOnlyList<string> _mayGo;

    private SyncedColumns(SyncedChange change, string key = "id", int rows = 1000, IReadOnlyList<string>? mayGo = null) => (_change, _key, _rows, _mayGo) = (change, key, rows, mayGo ?? []);

    /// <summary>A column gets another name.</summary>
    /// <param name="table">The table as SQL has it, such as <c>shop.orders</c>; without a schema it is one of <c>public</c>.</param>
    /// <param name="old">The column that there is.</param>
    /// <param name="to">The new name.</param>
    public static SyncedColumns Rename(string table, SyncedColumn old, string to)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(to);
        return new SyncedColumns(new SyncedChange(table, old, [new SyncedPart(old with { Name = to }, old.Name)], to, IsLossless: true));
    }

    /// <summary>A column's values become others, in a column of another name.</summary>
    /// <param name="table">The table as SQL has it, such as <c>shop.orders</c>; without a schema it is one of <c>public</c>.</param>
    /// <param name="old">The column that there is.</param>
    /// <param name="to">The new column.</param>
    /// <param name="forward">What is in the new column, as an expression of the old one, such as <c>(amount * 100)::bigint</c>. Functions that are not PostgreSQL's own with their schema.</param>
    /// <param name="back">What is in the old column, as an expression of the new one, such as <c>amount_cents / 100.0</c>.</param>
    public static SyncedColumns ChangeType(string table, SyncedColumn old, SyncedColumn to, string forward, string back)
    {
        ArgumentNullException.ThrowIfNull(to);
        return Split(table, old, back, new SyncedPart(to, forward));
    }

    /// <summary>A column becomes several.</summary>
    /// <param name="table">The table as SQL has it, such as <c>shop.orders</c>; without a schema it is one of <c>public</c>.</param>
    /// <param name="old">The column that there is.</param>
    /// <param name="back">What is in the old column, as an expression of the new ones, such as <c>concat_ws(' ', first, last)</c>. Functions that are not PostgreSQL's own with their schema.</param>
    /// <param name="parts">The new columns; at least one.</param>
    public static SyncedColumns Split(string table, SyncedColumn old, string back, params IReadOnlyList<SyncedPart> parts)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(parts);
        return new SyncedColumns(new SyncedChange(table, old, [.. parts], back, IsLossless: false));
    }

    /// <summary>Says how rows that are there are filled. Without it by ranges of <c>id</c>, 1,000 rows at a time.</summary>
    /// <param name="key">The column by whose ranges rows are filled, as SQL has it: it has an index and no nulls.</param>
    /// <param name="rows">How many rows are filled in one transaction: 1 to 1,000,000. Default 1,000.</param>
    public SyncedColumns FilledBy(string key, int rows = 1000)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new SyncedColumns(_change, key, rows, _mayGo);
    }

    /// <summary>
    /// Says what may go with the old column though the new ones have nothing like it: names of indexes, constraints, statistics and sequences, and <c>default</c>, <c>not null</c>,
    /// <c>comment</c>, <c>rights</c>. The contract refuses to drop the column while something else that hangs on it would go. Default nothing.
    /// </summary>
    /// <param name="names">The names as the database has them, without a schema.</param>
    public SyncedColumns LettingGo(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new SyncedColumns(_change, _key, _rows, [.. _mayGo, .. names]);
    }

    /// <summary>The scripts by file name: expand, backfill and contract, with undos and verifications.</summary>
    /// <param name="change">Number and name of the change, such as <c>007_full-name</c>.</param>
    /// <exception cref="DeploymentValidationException">Names, types or expressions can't be used; all errors together.</exception>
    public IReadOnlyDictionary<string, string> Scripts(string change)
    {
        ArgumentNullException.ThrowIfNull(change);
        string[] problems =
        [
            .. SqlFileName.Read($"{change}.expand.sql") is { Number: not null } ? Array.Empty<string>() : [$"'{Tokens.SqlChars.Printable(change)}' is no number and name of a change. {SqlFileName.Rule}"],
            .. _rows is >= 1 and <= 1_000_000 ? Array.Empty<string>() : [$"{_rows} rows are to be filled in one transaction; it must be 1 to 1,000,000."],
            .. _mayGo.Where(name => string.IsNullOrEmpty(name) || name.Any(char.IsControl) || name.Contains("$synced", StringComparison.Ordinal)).Select(name => $"'{Tokens.SqlChars.Printable(name ?? "")}' is no name of what may go with the old column."),
            .. _change.Problems(_key),
        ];
        return problems.Length == 0
            ? new SyncedScripts(_change.Named(_key), _rows, _mayGo).Write(change)
            : throw new DeploymentValidationException("The columns that are kept in step", problems);
    }

    /// <summary>Writes the scripts into a folder, and reads them as a migrator would. What is there already stays as it is.</summary>
    /// <param name="folder">The folder of scripts; it is made where there is none.</param>
    /// <param name="change">Number and name of the change, such as <c>007_full-name</c>.</param>
    /// <param name="cancellationToken">Cancels; what was written stays.</param>
    /// <exception cref="DeploymentValidationException">Names, types or expressions can't be used; all errors together.</exception>
    /// <exception cref="DeploymentException">The folder has scripts of this change that read otherwise.</exception>
    public async Task WriteAsync(string folder, string change, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        IReadOnlyDictionary<string, string> scripts = Scripts(change);
        Directory.CreateDirectory(folder);
        string[] others = [.. Directory.EnumerateFiles(folder, $"{change}.*.sql").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        foreach (string name in others)
        {
            if (!scripts.TryGetValue(name, out string? text) || SqlText.Normalize(await File.ReadAllTextAsync(Path.Combine(folder, name), cancellationToken).ConfigureAwait(false)) != text)
            {
                throw new DeploymentException($"{name} is there and reads otherwise. A script that ran must stay as it is: give the change another number, or delete its scripts if none of them ran.");
            }
        }

        foreach ((string name, string text) in scripts.Where(script => !others.Contains(script.Key, StringComparer.Ordinal)))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, cancellationToken).ConfigureAwait(false);
        }
    }
}
