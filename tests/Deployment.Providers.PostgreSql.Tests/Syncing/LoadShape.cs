using Deployment.Sql;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>How each release writes a number into its columns, and reads it.</summary>
/// <param name="Name">What the change is.</param>
/// <param name="Old">The column that there is, with its type.</param>
/// <param name="Columns">The change.</param>
/// <param name="OldSide">How the old release does it.</param>
/// <param name="NewSide">How the new one does it.</param>
public sealed record LoadShape(string Name, string Old, SyncedColumns Columns, LoadSide OldSide, LoadSide NewSide)
{
    /// <summary>One of each kind.</summary>
    public static IReadOnlyList<LoadShape> All { get; } =
    [
        new(
            "rename",
            "name text NOT NULL",
            SyncedColumns.Rename("shop.orders", new SyncedColumn("name", "text") { IsRequired = true }, "full_name").FilledBy("id", 100),
            new LoadSide(["name"], ["'v' || @value"], "substr(name, 2)::bigint"),
            new LoadSide(["full_name"], ["'v' || @value"], "substr(full_name, 2)::bigint")),
        new(
            "type",
            "amount numeric(16,2) NOT NULL",
            SyncedColumns.ChangeType("shop.orders", new SyncedColumn("amount", "numeric(16,2)") { IsRequired = true }, new SyncedColumn("cents", "bigint"), "amount * 100", "cents / 100.0").FilledBy("id", 100),
            new LoadSide(["amount"], ["@value / 100.0"], "(amount * 100)::bigint"),
            new LoadSide(["cents"], ["@value"], "cents")),
        new(
            "split",
            "name text NOT NULL",
            SyncedColumns.Split("shop.orders", new SyncedColumn("name", "text") { IsRequired = true }, "concat_ws(' ', first, last)", new SyncedPart(new SyncedColumn("first", "text"), "split_part(name, ' ', 1)"), new SyncedPart(new SyncedColumn("last", "text"), "split_part(name, ' ', 2)")).FilledBy("id", 100),
            new LoadSide(["name"], ["'a' || @value || ' b' || @value"], "CASE WHEN substr(split_part(name, ' ', 2), 2) = substr(split_part(name, ' ', 1), 2) THEN substr(split_part(name, ' ', 1), 2)::bigint END"),
            new LoadSide(["first", "last"], ["'a' || @value", "'b' || @value"], "CASE WHEN substr(last, 2) = substr(first, 2) THEN substr(first, 2)::bigint END")),
    ];

    public override string ToString() => Name;
}
