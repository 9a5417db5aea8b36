using Deployment.Migrations;
using Deployment.Sql;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>The scripts of columns that are kept in step: forward, back, and where they refuse.</summary>
[Category("PostgreSql")]
public sealed class SyncedPhasesTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'none'); INSERT INTO orders VALUES (1, 'a'), (2, 'b')";
    private const string Triggers = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz%'";
    private const string Functions = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'zz%'";

    private const string Hanging = """
        CREATE INDEX ON orders (name); CREATE INDEX down ON orders (name DESC); CREATE UNIQUE INDEX pair ON orders (id, lower(name));
        CREATE TABLE names (name text PRIMARY KEY); INSERT INTO names VALUES ('a'), ('b');
        ALTER TABLE orders ADD CONSTRAINT filled CHECK (name <> ''), ADD CONSTRAINT single UNIQUE (name), ADD CONSTRAINT listed FOREIGN KEY (name) REFERENCES names;
        CREATE STATISTICS measured ON id, name FROM orders; COMMENT ON COLUMN orders.name IS 'who'; GRANT SELECT (name) ON orders TO PUBLIC;
        """;

    private static SyncedColumns Names => SyncedColumns.Rename("orders", new SyncedColumn("name", "text") { IsRequired = true, Default = "'none'" }, "full_name").FilledBy("id", 1);

    private static SyncedColumns Amounts => SyncedColumns.ChangeType("orders", new SyncedColumn("amount", "text"), new SyncedColumn("cents", "bigint"), "(amount::numeric * 100)::bigint", "(cents / 100.0)::numeric(12,2)::text");

    [Test]
    public async Task Scripts_OfEachKind_AreHarmlessToTheLint()
    {
        foreach (SyncedColumns columns in new[] { Names, Amounts, SyncedColumns.Split("orders", new SyncedColumn("name", "text"), "concat_ws(' ', a, b)", new SyncedPart(new SyncedColumn("a", "text"), "split_part(name, ' ', 1)"), new SyncedPart(new SyncedColumn("b", "text"), "split_part(name, ' ', 2)")) })
        {
            await using SyncedDatabase synced = await SyncedDatabase.CreateAsync("SELECT 1", columns);

            MigrationsSeen seen = await synced.ObserveAsync();
            seen.Problems.Should().BeEmpty();
            SqlLint.Check(await SqlScriptFolder.ReadAsync(synced.Database.Folder, CancellationToken.None)).Where(finding => !finding.IsIgnored).Should().BeEmpty();
            seen.Known.Should().HaveCount(3).And.OnlyContain(migration => migration.Script.Length > 0 && migration.Verifications.Count == 1);
            seen.Known[0].Script.Should().Contain("CREATE TRIGGER \"zz_synced_orders_").And.Contain("SET search_path = pg_catalog, pg_temp");
            seen.Known[0].Undo!.Script.Should().Contain("DROP TRIGGER");
            seen.Known[2].Undo!.Script.Should().Contain("ADD COLUMN IF NOT EXISTS");
        }
    }

    [Test]
    public async Task Undo_Expand_LeavesTheOldColumnWithAllThatWasWritten()
    {
        await using SyncedDatabase synced = await SyncedDatabase.CreateAsync(Orders, Names);
        string before = await SchemaAsync(synced);
        await synced.ApplyAsync(MigrationPhase.Expand);
        await synced.RunAsync("INSERT INTO orders (id, full_name) VALUES (3, 'new'); UPDATE orders SET full_name = 'x' WHERE id = 1");

        await synced.UndoAsync(MigrationPhase.Expand);

        (await synced.RowsAsync("SELECT * FROM orders")).Should().Be("(1,x) (2,b) (3,new)");
        (await SchemaAsync(synced)).Should().Be(before);
    }

    [Test]
    public async Task Undo_Contract_GivesTheColumnBackAndKeepsBothInStep()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Orders, Names);
        string expanded = await SchemaAsync(synced);
        await synced.ApplyAsync(MigrationPhase.Backfill);
        await synced.ApplyAsync(MigrationPhase.Contract);
        (await synced.Database.AskAsync<long>(Triggers)).Should().Be(0);
        await synced.RunAsync("INSERT INTO orders (id) VALUES (3); INSERT INTO orders VALUES (4, 'd'); UPDATE orders SET full_name = 'x' WHERE id = 1");
        (await synced.RowsAsync("SELECT * FROM orders")).Should().Be("(1,x) (2,b) (3,none) (4,d)");
        await synced.Awaiting(it => it.RunAsync("INSERT INTO orders VALUES (5, NULL)")).Should().ThrowAsync<Npgsql.PostgresException>().WithMessage("*full_name_required*");

        await synced.UndoAsync(MigrationPhase.Contract);
        await synced.RunAsync("INSERT INTO orders (id, name) VALUES (6, 'old'); UPDATE orders SET name = 'y' WHERE id = 2");

        (await synced.RowsAsync("SELECT id, name, full_name FROM orders")).Should().Be("(1,x,x) (2,y,y) (3,none,none) (4,d,d) (6,old,old)");
        (await SchemaAsync(synced)).Should().Be(expanded, "it is what it was before the contract");
        await synced.ApplyAsync(MigrationPhase.Contract);
        (await synced.RowsAsync("SELECT * FROM orders")).Should().Be("(1,x) (2,y) (3,none) (4,d) (6,old)");
    }

    [Test]
    public async Task Undo_ContractStopsHalfWay_TheNextOneGoesOn()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Orders, Names);
        await synced.ApplyAsync(MigrationPhase.Backfill);
        await synced.ApplyAsync(MigrationPhase.Contract);
        await synced.RunAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN RAISE 'no room'; END $x$;
            CREATE TRIGGER refuse BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.id = 2) EXECUTE FUNCTION refuse();
            """);
        await synced.Awaiting(it => it.UndoAsync(MigrationPhase.Contract)).Should().ThrowAsync<DeploymentException>().WithMessage("The undo of 001_synced.contract, line *no room*");
        (await synced.RowsAsync("SELECT id, name, full_name FROM orders")).Should().Be("(1,a,a) (2,,b)");

        await synced.RunAsync("DROP TRIGGER refuse ON orders");
        await synced.RunAsync("UPDATE orders SET name = 'old' WHERE id = 1");
        await synced.UndoAsync(MigrationPhase.Contract);

        (await synced.RowsAsync("SELECT id, name, full_name FROM orders")).Should().Be("(1,old,old) (2,b,b)");
        (await synced.Database.AskAsync<long>(Triggers)).Should().Be(1);
    }

    [Test]
    public async Task Contract_RowsAreNotInStep_RefusesAndDropsNothing()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Orders, Names);
        await synced.ApplyAsync(MigrationPhase.Backfill);
        // As a logical replica applies what it gets, and a restore what it reads: no trigger runs.
        await synced.RunAsync("SET session_replication_role = replica; UPDATE orders SET name = 'lost' WHERE id = 2");

        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Contract)).Should().ThrowAsync<DeploymentException>()
            .WithMessage("001_synced.contract, line *1 rows have \"name\" and the new columns not in step, such as the one with the key 2: *");

        (await synced.RowsAsync("SELECT id, name, full_name FROM orders")).Should().Be("(1,a,a) (2,lost,b)");
        (await synced.Database.AskAsync<long>(Triggers)).Should().Be(1);
        await synced.RunAsync("UPDATE orders SET full_name = name WHERE full_name <> name");
        await synced.ApplyAsync(MigrationPhase.Contract);
        (await synced.RowsAsync("SELECT * FROM orders")).Should().Be("(1,a) (2,lost)");
    }

    /// <summary>PostgreSQL drops without a word what hangs on a column.</summary>
    [Test]
    public async Task Contract_MoreHangsOnTheOldColumn_IsRefusedUntilTheNewOneHasTheLike()
    {
        await using SyncedDatabase synced = await FilledAsync(Names, Hanging);

        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Contract)).Should().ThrowAsync<DeploymentException>().WithMessage(
            "001_synced.contract, line *With \"name\" of \"public\".\"orders\" would go, and the new columns have nothing like it: constraint filled on table orders, constraint listed on table orders, "
            + "constraint single on table orders, index down, index orders_name_idx, index pair, its comment, its rights, statistics object measured. Make it*by SyncedColumns.LettingGo, or by its name in synced_may_go.");
        (await synced.RowsAsync("SELECT id, name, full_name FROM orders")).Should().Be("(1,a,a) (2,b,b)", "nothing was dropped");
        (await synced.Database.AskAsync<long>(Triggers)).Should().Be(1);

        // Each is like one of the old ones, and one of them is of another kind.
        await synced.RunAsync("""
            CREATE INDEX ON orders (full_name); CREATE INDEX n1 ON orders (full_name DESC); CREATE INDEX n2 ON orders (id, lower(full_name));
            ALTER TABLE orders ADD CHECK (full_name <> '') NOT VALID, ADD UNIQUE (full_name), ADD FOREIGN KEY (full_name) REFERENCES names NOT VALID;
            CREATE STATISTICS n3 ON id, full_name FROM orders; COMMENT ON COLUMN orders.full_name IS 'who'; GRANT SELECT (full_name) ON orders TO PUBLIC;
            """);
        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Contract)).Should().ThrowAsync<DeploymentException>().WithMessage("*nothing like it: index pair. Make it*", "it is a unique one");
        await synced.RunAsync("CREATE UNIQUE INDEX ON orders (id, upper(full_name))");
        await synced.ApplyAsync(MigrationPhase.Contract);

        (await synced.RowsAsync("SELECT * FROM orders")).Should().Be("(1,a) (2,b)");
    }

    [Test]
    public async Task Contract_SomebodySaidWhatMayGo_GoesOnWithoutIt()
    {
        await using SyncedDatabase synced = await FilledAsync(Names.LettingGo("filled", "listed", "single", "pair").LettingGo("down", "orders_name_idx", "comment", "rights", "measured"), Hanging);

        await synced.ApplyAsync(MigrationPhase.Contract);

        (await synced.RowsAsync("SELECT * FROM orders")).Should().Be("(1,a) (2,b)");
    }

    [Test]
    public async Task Contract_NobodySaidThatTheColumnHasADefaultAndIsRequired_IsRefused()
    {
        await using SyncedDatabase synced = await FilledAsync(SyncedColumns.Rename("orders", new SyncedColumn("name", "text"), "full_name"), "CREATE SEQUENCE numbers OWNED BY orders.name");

        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Contract)).Should().ThrowAsync<DeploymentException>().WithMessage("*nothing like it: its default, its not null, sequence numbers. Make it*");

        await synced.RunAsync("ALTER SEQUENCE numbers OWNED BY NONE; ALTER TABLE orders ALTER full_name SET DEFAULT 'none', ADD CHECK (full_name IS NOT NULL) NOT VALID");
        await synced.ApplyAsync(MigrationPhase.Contract);
    }

    /// <summary>An index that a partition alone has goes as well; those that it has of its table are not told twice.</summary>
    [Test]
    public async Task Contract_APartitionHasAnIndexOfItsOwn_IsRefused()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(
            "CREATE TABLE orders (id bigint PRIMARY KEY, name text) PARTITION BY RANGE (id); CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (100); CREATE INDEX ON orders (name); CREATE INDEX hanging ON orders_1 (name)",
            SyncedColumns.Rename("orders", new SyncedColumn("name", "text"), "full_name"));
        await synced.ApplyAsync(MigrationPhase.Backfill);

        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Contract)).Should().ThrowAsync<DeploymentException>().WithMessage("*nothing like it: index hanging, index orders_name_idx. Make it*");

        await synced.RunAsync("CREATE INDEX ON orders (full_name); CREATE INDEX ON orders_1 (full_name)");
        await synced.ApplyAsync(MigrationPhase.Contract);
    }

    [Test]
    public async Task Expand_AsAReplicaWrites_TheRowStaysAsItCame()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync("CREATE TABLE orders (id bigint PRIMARY KEY, amount text)", Amounts);

        await synced.RunAsync("SET session_replication_role = replica; INSERT INTO orders VALUES (1, '1.500', 150)");

        (await synced.RowsAsync("SELECT * FROM orders")).Should().Be("(1,1.500,150)");
    }

    // The statement of a release that fails is all that fails; a backfill says among which rows, and goes on there when these are mended.
    [Test]
    public async Task Expression_FailsForAValue_IsAnErrorAndLeavesNothingHalfDone()
    {
        await using SyncedDatabase synced = await SyncedDatabase.ExpandedAsync("CREATE TABLE orders (id bigint PRIMARY KEY, amount text); INSERT INTO orders SELECT n, CASE n WHEN 7 THEN 'much' ELSE n::text END FROM generate_series(1, 9) n", Amounts.FilledBy("id", 2));

        (await synced.Awaiting(it => it.RunAsync("UPDATE orders SET amount = '3.5' WHERE id = 1; UPDATE orders SET amount = 'more' WHERE id = 2")).Should().ThrowAsync<Npgsql.PostgresException>().WithMessage("*numeric: \"more\"*"))
            .Which.Where.Should().Contain("zz_synced_orders_cents", "it says where");
        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Backfill)).Should().ThrowAsync<DeploymentException>().WithMessage("001_synced.backfill, keys 7 to 8: *\"much\"*");
        (await synced.RowsAsync("SELECT amount, cents FROM orders")).Should().Be("(1,100) (2,200) (3,300) (4,400) (5,500) (6,600) (8,) (9,) (much,)");
        await synced.RunAsync("UPDATE orders SET amount = '7' WHERE id = 7");
        await synced.ApplyAsync(MigrationPhase.Backfill);

        (await synced.RowsAsync("SELECT amount, cents FROM orders")).Should().Be("(1,100) (2,200) (3,300) (4,400) (5,500) (6,600) (7,700) (8,800) (9,900)");
    }

    [TestCase("CREATE TABLE orders (id bigint PRIMARY KEY, amount text GENERATED ALWAYS AS (id::text) STORED)", "*generated or an identity*")]
    [TestCase("CREATE TABLE orders (id bigint, amount text) PARTITION BY LIST (amount)", "*in which partition a row is*")]
    [TestCase("CREATE TABLE orders (id bigint PRIMARY KEY, amount text, other text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER zz_synced_x BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f('other', 'amount')", "*kept in step by another change*")]
    [TestCase("CREATE TABLE orders (id bigint PRIMARY KEY, amount date)", "*cannot cast type date to numeric*")]
    [TestCase("CREATE TABLE orders (id bigint PRIMARY KEY, price text)", "*\"amount\" does not exist*")]
    [TestCase("CREATE TABLE orders (id bigint PRIMARY KEY, amount text, cents bigint)", "*\"cents\"*already exists*")]
    public async Task Expand_ColumnsThatCantBeKeptInStep_IsRefusedAndChangesNothing(string schema, string message)
    {
        await using SyncedDatabase synced = await SyncedDatabase.CreateAsync(schema, Amounts);
        string before = await SchemaAsync(synced);

        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Expand)).Should().ThrowAsync<DeploymentException>().WithMessage(message);

        (await SchemaAsync(synced)).Should().Be(before);
        (await synced.Database.AskAsync<long>(Functions)).Should().Be(0);
    }

    [Test]
    public async Task Expand_FunctionOutOfReachOfTheTrigger_IsRefused()
    {
        await using SyncedDatabase synced = await SyncedDatabase.CreateAsync(
            "CREATE TABLE orders (id bigint PRIMARY KEY, amount text); CREATE FUNCTION cents_of(text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
            SyncedColumns.ChangeType("orders", new SyncedColumn("amount", "text"), new SyncedColumn("cents", "bigint"), "cents_of(amount)", "cents::text"));

        await synced.Awaiting(it => it.ApplyAsync(MigrationPhase.Expand)).Should().ThrowAsync<DeploymentException>().WithMessage("*function cents_of(text) does not exist*");
    }

    /// <summary>All is in step, and the contract may come.</summary>
    private static async Task<SyncedDatabase> FilledAsync(SyncedColumns columns, string more)
    {
        SyncedDatabase synced = await SyncedDatabase.ExpandedAsync(Orders, columns);
        await synced.RunAsync(more);
        await synced.ApplyAsync(MigrationPhase.Backfill);
        return synced;
    }

    private static Task<string> SchemaAsync(SyncedDatabase synced) => synced.RowsAsync("""
        SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS value, (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = a.attrelid) AS triggers,
            (SELECT string_agg(pg_get_constraintdef(c.oid), ',' ORDER BY c.oid) FROM pg_constraint c WHERE c.conrelid = a.attrelid) AS constraints
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = 'orders'::regclass AND a.attnum > 0 AND NOT a.attisdropped
        """);
}
