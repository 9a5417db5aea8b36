using Deployment.Migrations;
using Deployment.Sql;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>Whatever a release writes, and however, stands in both columns.</summary>
[Category("PostgreSql")]
public sealed class SyncedWritesTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, name text, note text); INSERT INTO orders VALUES (1, 'a', 'n'), (2, NULL, 'n')";
    private const string Amounts = "CREATE TABLE orders (id bigint PRIMARY KEY, amount text NOT NULL, note text); INSERT INTO orders VALUES (1, '1.505', 'n'), (2, '2', 'n')";

    private static SyncedColumns Names => SyncedColumns.Rename("orders", new SyncedColumn("name", "text"), "full_name");

    private static SyncedColumns Cents => SyncedColumns.ChangeType("public.orders", new SyncedColumn("amount", "text") { IsRequired = true }, new SyncedColumn("cents", "bigint") { IsRequired = true }, "trunc(amount::numeric * 100)", "(cents / 100.0)::numeric(12,2)::text");

    // Each row: what is written, and the row after it.
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'old')", "(3,old,old)")]
    [TestCase("INSERT INTO orders (id, full_name) VALUES (3, 'new')", "(3,new,new)")]
    [TestCase("INSERT INTO orders (id, name, full_name) VALUES (3, 'old', 'new')", "(3,new,new)")]
    [TestCase("INSERT INTO orders (id) VALUES (3)", "(3,,)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET name = 'b' WHERE id = 3", "(3,b,b)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET full_name = 'b' WHERE id = 3", "(3,b,b)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET name = 'b', full_name = 'c' WHERE id = 3", "(3,c,c)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET name = 'b', full_name = full_name WHERE id = 3", "(3,b,b)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET note = 'x' WHERE id = 3", "(3,a,a)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET name = NULL WHERE id = 3", "(3,,)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET full_name = NULL WHERE id = 3", "(3,,)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); UPDATE orders SET name = 'A' WHERE id = 3; UPDATE orders SET full_name = 'b' WHERE id = 3; UPDATE orders SET name = 'c' WHERE id = 3", "(3,c,c)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name; INSERT INTO orders (id, name) VALUES (3, 'b') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name", "(3,b,b)")]
    [TestCase("INSERT INTO orders (id, name) VALUES (3, 'a'); INSERT INTO orders (id, full_name) VALUES (3, 'b') ON CONFLICT (id) DO UPDATE SET full_name = EXCLUDED.full_name", "(3,b,b)")]
    [TestCase("MERGE INTO orders USING (VALUES (3, 'm')) AS v (id, name) ON orders.id = v.id WHEN NOT MATCHED THEN INSERT (id, name) VALUES (v.id, v.name)", "(3,m,m)")]
    public async Task Write_RenamedColumn_StandsInBoth(string sql, string expected)
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Orders, Names);

        await synced.RunAsync(sql);

        (await synced.RowsAsync("SELECT id, name, full_name FROM orders WHERE id = 3")).Should().Be(expected);
    }

    [Test]
    public async Task Write_RowThatWasNotFilledYet_BackfillLeavesWhatIsNewer()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync("CREATE TABLE orders (id bigint PRIMARY KEY, name text, note text); INSERT INTO orders SELECT n, 'a' || n FROM generate_series(1, 5) n", Names);

        await synced.RunAsync("UPDATE orders SET note = 'x' WHERE id = 1; UPDATE orders SET name = 'old' WHERE id = 2; UPDATE orders SET full_name = 'new' WHERE id = 3; UPDATE orders SET name = NULL WHERE id = 4");
        await synced.ApplyAsync(MigrationPhase.Backfill);

        (await synced.RowsAsync("SELECT id, name, full_name FROM orders")).Should().Be("(1,a1,a1) (2,old,old) (3,new,new) (4,,) (5,a5,a5)");
    }

    // What a type can't hold is lost to the new column, never to the one that it was written to.
    [Test]
    public async Task Write_TypeThatHoldsLess_KeepsWhatWasWritten()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Amounts, Cents);
        await synced.ApplyAsync(MigrationPhase.Backfill);
        (await synced.RowsAsync("SELECT id, amount, cents FROM orders")).Should().Be("(1,1.505,150) (2,2,200)", "a backfill changes nothing in the old column");

        await synced.RunAsync("""
            INSERT INTO orders (id, amount) VALUES (3, '7.777');
            INSERT INTO orders (id, cents) VALUES (4, 444);
            INSERT INTO orders (id, amount, cents) VALUES (5, '5.555', 555);
            UPDATE orders SET cents = 1000 WHERE id = 1;
            UPDATE orders SET amount = '2.001', note = 'x' WHERE id = 2;
            """);

        (await synced.RowsAsync("SELECT id, amount, cents FROM orders")).Should().Be("(1,10.00,1000) (2,2.001,200) (3,7.777,777) (4,4.44,444) (5,5.555,555)");
    }

    [Test]
    public async Task Write_SplitColumn_StandsInAll()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(
            "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'No Name'); INSERT INTO users VALUES (1, 'Ann Lee'), (2, 'Bo')",
            SyncedColumns.Split("users", new SyncedColumn("name", "text") { IsRequired = true, Default = "'No Name'" }, "concat_ws(' ', first, \"Last\")", new SyncedPart(new SyncedColumn("first", "text"), "split_part(name, ' ', 1)"), new SyncedPart(new SyncedColumn("\"Last\"", "text"), "nullif(substr(name, strpos(name || ' ', ' ') + 1), '')")));
        await synced.ApplyAsync(MigrationPhase.Backfill);

        await synced.RunAsync("""
            INSERT INTO users (id, name) VALUES (3, 'Cy Day');
            INSERT INTO users (id, first, "Last") VALUES (4, 'Di May', 'Ek');
            INSERT INTO users (id) VALUES (5);
            UPDATE users SET "Last" = 'Low' WHERE id = 1;
            UPDATE users SET name = 'Bob Fox Jr' WHERE id = 2;
            """);

        (await synced.RowsAsync("SELECT id, name, first, \"Last\" FROM users")).Should().Be("(1,\"Ann Low\",Ann,Low) (2,\"Bob Fox Jr\",Bob,\"Fox Jr\") (3,\"Cy Day\",Cy,Day) (4,\"Di May Ek\",\"Di May\",Ek) (5,\"No Name\",No,Name)");
    }

    [Test]
    public async Task Write_OldColumnMustHaveAValue_NewReleaseNeedsNotKnow()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Amounts, Cents);

        await synced.RunAsync("INSERT INTO orders (id, cents) VALUES (3, 1)");

        (await synced.RowsAsync("SELECT amount FROM orders WHERE id = 3")).Should().Be("(0.01)");
    }

    [Test]
    public async Task Write_Copy_StandsInBoth()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Orders, Names);
        await using NpgsqlConnection connection = await synced.Database.Source.OpenConnectionAsync();
        foreach (string column in new[] { "name", "full_name" })
        {
            await using TextWriter copy = await connection.BeginTextImportAsync($"COPY orders (id, {column}) FROM STDIN");
            await copy.WriteAsync(column == "name" ? "10\told\n" : "11\tnew\n");
        }

        (await synced.RowsAsync("SELECT id, name, full_name FROM orders WHERE id > 9")).Should().Be("(10,old,old) (11,new,new)");
    }

    [Test]
    public async Task Write_PartitionedTableWithQuotedNames_StandsInBothAlsoWhenRowsMove()
    {
        const string Table = "\"Shop\".\"Order's \"\"Items\"\"\"";
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(
            """"
            CREATE SCHEMA "Shop";
            CREATE TABLE "Shop"."Order's ""Items""" ("Id" bigint, region integer, "select" text, PRIMARY KEY ("Id", region)) PARTITION BY LIST (region);
            CREATE TABLE "Shop".north PARTITION OF "Shop"."Order's ""Items""" FOR VALUES IN (1);
            CREATE TABLE "Shop".south PARTITION OF "Shop"."Order's ""Items""" FOR VALUES IN (2);
            INSERT INTO "Shop"."Order's ""Items""" VALUES (1, 1, '1.505');
            """",
            SyncedColumns.ChangeType(Table, new SyncedColumn("\"select\"", "text"), new SyncedColumn("\"New Cents\"", "bigint"), "trunc(\"select\"::numeric * 100)", "(\"New Cents\" / 100.0)::numeric(12,2)::text").FilledBy("\"Id\"", 1));
        await synced.ApplyAsync(MigrationPhase.Backfill);

        await synced.RunAsync($"""INSERT INTO {Table} ("Id", region, "select") VALUES (2, 1, '2.222'); UPDATE {Table} SET region = 2, "select" = '3.333' WHERE "Id" = 2; UPDATE {Table} SET region = 2, "New Cents" = 5 WHERE "Id" = 1""");

        (await synced.RowsAsync($"""SELECT "Id", region, "select", "New Cents" FROM {Table}""")).Should().Be("(1,2,0.05,5) (2,2,3.333,333)");
        await synced.ApplyAsync(MigrationPhase.Contract);
        await synced.UndoAsync(MigrationPhase.Contract);
        (await synced.RowsAsync($"""SELECT "Id", "select", "New Cents" FROM {Table}""")).Should().Be("(1,0.05,5) (2,3.33,333)");
    }

    [Test]
    public async Task Write_TypeWithoutEquality_StandsInBoth()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync("CREATE TABLE docs (id bigint PRIMARY KEY, body json)", SyncedColumns.ChangeType("docs", new SyncedColumn("body", "json"), new SyncedColumn("content", "jsonb"), "body::jsonb", "content::json"));

        await synced.RunAsync("INSERT INTO docs (id, body) VALUES (1, '{\"a\": 1}'), (2, '{}'); UPDATE docs SET content = '{\"b\": 2}' WHERE id = 2; UPDATE docs SET body = '{\"a\":  1}' WHERE id = 1");

        (await synced.RowsAsync("SELECT id, body #>> '{}' AS b, content #>> '{}' AS c FROM docs")).Should().Be("(1,\"{\"\"a\"\":  1}\",\"{\"\"a\"\": 1}\") (2,\"{\"\"b\"\": 2}\",\"{\"\"b\"\": 2}\")");
    }

    [Test]
    public async Task Write_SearchPathOfTheWriter_MakesNoDifference()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Amounts, Cents);

        await synced.RunAsync("""
            CREATE SCHEMA evil;
            CREATE FUNCTION evil.trunc(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT 666::numeric';
            SET search_path = evil, pg_catalog, public;
            INSERT INTO public.orders (id, amount) VALUES (3, '1');
            """);

        (await synced.RowsAsync("SELECT cents FROM public.orders WHERE id = 3")).Should().Be("(100)");
    }

    [Test]
    public async Task Write_BothReleasesAtOnceOnOneRow_TheLastOneStandsInBoth()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Orders, Names);
        await using NpgsqlConnection other = await synced.Database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction first = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("UPDATE orders SET name = 'old' WHERE id = 1", other, first))
        {
            await command.ExecuteNonQueryAsync();
        }

        Task second = synced.RunAsync("UPDATE orders SET full_name = full_name || ' and new' WHERE id = 1");
        while (await synced.Database.AskAsync<long>("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
        {
            second.IsCompleted.Should().BeFalse("it waits for the row");
            await Task.Delay(10);
        }

        await first.CommitAsync();
        await second.WaitAsync(TimeSpan.FromSeconds(30));

        (await synced.RowsAsync("SELECT name, full_name FROM orders WHERE id = 1")).Should().Be("(\"old and new\",\"old and new\")");
    }
}
