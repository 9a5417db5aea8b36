using System.Globalization;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Syncing;

/// <summary>The scripts of a change whose columns are kept in step.</summary>
internal sealed class SyncedScripts(SyncedNames names, int rows, IReadOnlyList<string> mayGo)
{
    private readonly SyncedChange _change = names.Change;
    private readonly SyncedTrigger _trigger = new(names);
    private readonly SyncedChecks _checks = new(names);
    private readonly SyncedLosses _losses = new(names, mayGo);

    private string Rows { get; } = rows.ToString(CultureInfo.InvariantCulture);

    private string What { get; } = SqlChars.Printable($"{names.Old} and {string.Join(", ", names.News)} of {names.Table}");

    private string Adds => string.Join(", ", names.News.Zip(_change.Parts).Select(pair => $"ADD COLUMN {pair.First} {pair.Second.Column.Type}"));

    private string Drops => string.Join(", ", names.News.Select(name => $"DROP COLUMN IF EXISTS {name}"));

    internal IReadOnlyDictionary<string, string> Write(string change) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [$"{change}.expand.sql"] = Expand(),
        [$"{change}.expand.undo.sql"] = ExpandUndo(),
        [$"{change}.expand.verify.sql"] = $"-- expect: O\nSELECT tgenabled FROM pg_trigger WHERE tgrelid = {SyncedNames.Literal(names.Table)}::regclass AND tgname = {names.TriggerText};\n",
        [$"{change}.backfill.sql"] = Backfill(),
        [$"{change}.backfill.verify.sql"] = $"-- expect: 0\nSELECT count(*) FROM {names.Table} WHERE {_checks.Apart};\n",
        [$"{change}.contract.sql"] = Contract(),
        [$"{change}.contract.undo.sql"] = ContractUndo(),
        [$"{change}.contract.verify.sql"] = $"-- expect: 0\nSELECT count(*) FROM pg_attribute WHERE attrelid = {SyncedNames.Literal(names.Table)}::regclass AND attname = {SyncedNames.Unquoted(names.Old)} AND NOT attisdropped;\n",
    };

    private string Expand() => $"""
        -- {What} are kept in step by a trigger, whichever a release writes. Written by SyncedColumns.
        ALTER TABLE {names.Table} {Adds};
        {_checks.Usable}
        {string.Join('\n', _checks.Assignable)}
        {_trigger.Function("CREATE")}
        {_trigger.Create}

        """;

    private string ExpandUndo() => $"""
        DROP TRIGGER IF EXISTS {names.Trigger} ON {names.Table};
        DROP FUNCTION IF EXISTS {names.Function}();
        ALTER TABLE {names.Table} {Drops};

        """;

    private string Backfill()
    {
        string sets = string.Join(", ", names.News.Zip(_change.Parts).Select(pair => $"{pair.First} = ({pair.Second.Forward})"));
        string empty = $"num_nonnulls({string.Join(", ", names.News)}) = 0";
        string filled = $"num_nonnulls({string.Join(", ", _change.Parts.Select(part => $"({part.Forward})"))}) > 0";
        return $"""
            -- batch: {names.Table}.{names.Key} {Rows}
            -- undo: nothing what was filled goes with the expand
            UPDATE {names.Table} SET {sets}
            WHERE {names.Key} BETWEEN $1 AND $2 AND {empty} AND {filled};

            """;
    }

    private string Contract()
    {
        string declared = _change.IsLossless
            ? $"-- lint: ignore undeclared-data-loss each row has the same value in {SqlChars.Printable(names.News[0])}, which is checked first, and the undo brings it back from there"
            : $"-- destroys-data: {SqlChars.Printable(names.Old)}, as far as the expression back doesn't give it again; each row is in step, which is checked first";
        string news = string.Concat(names.News.Zip(_change.Parts).SelectMany(pair => New(pair.First, pair.Second.Column)));
        return $"""
            {declared}
            {_losses.Check}
            {_checks.InStep}
            DROP TRIGGER {names.Trigger} ON {names.Table};
            DROP FUNCTION {names.Function}();
            ALTER TABLE {names.Table} DROP COLUMN {names.Old}{news};

            """;
    }

    private static IEnumerable<string> New(string name, SyncedColumn column)
    {
        if (column.Default is not null)
        {
            yield return $", ALTER COLUMN {name} SET DEFAULT ({column.Default})";
        }

        if (column.IsRequired)
        {
            yield return $", ADD CONSTRAINT {Required(name)} CHECK ({name} IS NOT NULL) NOT VALID";
        }
    }

    /// <summary>The column and the trigger come at once; then rows are filled, a few at a time, and what stands there already is left.</summary>
    private string ContractUndo()
    {
        string defaults = string.Concat(names.News.Zip(_change.Parts).SelectMany(pair => Without(pair.First, pair.Second.Column)).Prepend(_change.Old.Default is null ? "" : $", ALTER COLUMN {names.Old} SET DEFAULT ({_change.Old.Default})").Where(text => text.Length > 0));
        string alter = defaults.Length == 0 ? "" : $"\n    ALTER TABLE {names.Table} {defaults[2..]};";
        string required = _change.Old.IsRequired ? $"\nALTER TABLE {names.Table} ALTER COLUMN {names.Old} SET NOT NULL;" : "";
        return $"""
            -- transaction: none
            DO $synced$
            BEGIN
                ALTER TABLE {names.Table} ADD COLUMN IF NOT EXISTS {names.Old} {_change.Old.Type};{alter}
            {_trigger.Function("CREATE OR REPLACE")}
                DROP TRIGGER IF EXISTS {names.Trigger} ON {names.Table};
                {_trigger.Create}
            END $synced$;
            {Refill()}{required}

            """;
    }

    private static IEnumerable<string> Without(string name, SyncedColumn column)
    {
        if (column.Default is not null)
        {
            yield return $", ALTER COLUMN {name} DROP DEFAULT";
        }

        if (column.IsRequired)
        {
            yield return $", DROP CONSTRAINT IF EXISTS {Required(name)}";
        }
    }

    private string Refill() => $"""
        DO $synced$
        DECLARE
            synced_first {names.Table}.{names.Key}%TYPE;
            synced_last {names.Table}.{names.Key}%TYPE;
        BEGIN
            SELECT {names.Key} INTO synced_first FROM {names.Table} ORDER BY {names.Key} LIMIT 1;
            WHILE synced_first IS NOT NULL LOOP
                SELECT {names.Key} INTO synced_last FROM (SELECT {names.Key} FROM {names.Table} WHERE {names.Key} >= synced_first ORDER BY {names.Key} LIMIT {Rows}) AS synced_batch ORDER BY {names.Key} DESC LIMIT 1;
                UPDATE {names.Table} SET {names.Old} = ({_change.Back})
                WHERE {names.Key} BETWEEN synced_first AND synced_last AND {names.Old} IS NULL AND num_nonnulls(({_change.Back})) = 1;
                COMMIT;
                SELECT {names.Key} INTO synced_first FROM {names.Table} WHERE {names.Key} > synced_last ORDER BY {names.Key} LIMIT 1;
            END LOOP;
        END $synced$;
        """;

    private static string Required(string quoted)
    {
        string name = quoted[1..^1];
        return $"\"{(System.Text.Encoding.UTF8.GetByteCount(name) <= 54 ? name : string.Concat(name.TakeWhile(char.IsAsciiLetterOrDigit).Take(54)))}_required\"";
    }
}
