using Deployment.Commands;
using Deployment.Sql;
using Deployment.Tests;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Rehearsals;

/// <summary>Scripts are really applied and taken back, in databases that are gone afterwards.</summary>
[Category("PostgreSql")]
public sealed class PostgreSqlRehearsalTests
{
    private const string Users = "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT 'nobody');\n";
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        RealComponent.Require("pg_dump");
        _database = await Database.CreateAsync();
        Expand("001_users", Users, "DROP TABLE users;\n");
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Rehearse_EverythingGivesBackWhatWasThere_IsCleanWithTimes()
    {
        Expand("002_email", "ALTER TABLE users ADD COLUMN email text;\nCREATE TABLE mails (id bigint PRIMARY KEY);\n", "DROP TABLE mails;\nALTER TABLE users DROP COLUMN email;\n");
        _database.Script("002_email.backfill.sql", "-- undo: nothing the column goes with the expand\n-- batch: users.id 10\nUPDATE users SET email = name || '@x' WHERE id BETWEEN $1 AND $2;\n");
        _database.Script("R_names.sql", "CREATE OR REPLACE VIEW names AS SELECT name, email FROM users;\n");
        _database.Script("002_email.contract.sql", "ALTER TABLE users ADD CONSTRAINT mailed CHECK (email IS NOT NULL) NOT VALID;\n");
        _database.Script("002_email.contract.undo.sql", "ALTER TABLE users DROP CONSTRAINT mailed;\n");
        _database.Script("002_email.contract.verify.sql", "-- expect: 1\nSELECT count(*) FROM pg_constraint WHERE conname = 'mailed';\n");

        RehearsalReport report = await RehearseAsync();

        report.Problems.Should().BeEmpty();
        report.Scripts.Where(script => script.Findings.Count > 0).Should().BeEmpty(report.ToString());
        report.IsClean.Should().BeTrue();
        report.Scripts.Select(script => script.Id).Should().Equal("001_users.expand", "002_email.expand", "R_names", "002_email.backfill", "002_email.contract");
        report.Scripts.Should().OnlyContain(script => script.AppliedIn > TimeSpan.Zero);
        report.Scripts.Where(script => script.UndoneIn is not null).Select(script => script.Id).Should().Equal("001_users.expand", "002_email.expand", "002_email.contract");
        report.ToString().Should().MatchRegex(@"^ok    001_users\.expand: applied in \d+ ms, undone in \d+ ms\n").And.EndWith("5 scripts were rehearsed, and nothing is wrong.\n");
        await NothingIsLeftAsync();
        (await _database.AskAsync<long>("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")).Should().Be(0, "the real database is as it was");
    }

    [TestCase("CREATE INDEX users_name ON users (name);", "SELECT 1;", "+CREATE INDEX users_name ON public.users USING btree (name);")]
    [TestCase("ALTER TABLE users ALTER COLUMN name SET DEFAULT 'somebody';", "ALTER TABLE users ALTER COLUMN name DROP DEFAULT;", "-    name text DEFAULT 'nobody'::text NOT NULL\n*+    name text NOT NULL")]
    [TestCase("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN RETURN NEW; END $x$; CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();", "DROP TRIGGER t ON users;", "+CREATE FUNCTION public.f()*")]
    [TestCase("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN RETURN NEW; END $x$; CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();", "SELECT 1;", "+CREATE TRIGGER t BEFORE UPDATE ON public.users*")]
    [TestCase("ALTER TABLE users ADD CHECK (name <> '');", "SELECT 1;", "+    CONSTRAINT users_name_check CHECK*")]
    [TestCase("CREATE SEQUENCE numbers;", "SELECT 1;", "+CREATE SEQUENCE public.numbers*")]
    [TestCase("CREATE VIEW v AS SELECT id FROM users;", "CREATE OR REPLACE VIEW v AS SELECT id FROM users;", "+CREATE VIEW public.v AS*")]
    [TestCase("CREATE TYPE mood AS ENUM ('good');", "SELECT 1;", "+CREATE TYPE public.mood AS ENUM*")]
    [TestCase("COMMENT ON TABLE users IS 'them';", "SELECT 1;", "+COMMENT ON TABLE public.users IS 'them';")]
    public async Task Rehearse_UndoForgetsSomething_IsReportedForThatScriptAlone(string change, string undo, string difference)
    {
        Expand("002_change", change + "\n", undo + "\n");
        Expand("003_more", "ALTER TABLE users ADD COLUMN more text;\n", "ALTER TABLE users DROP COLUMN more;\n");

        RehearsalReport report = await RehearseAsync();

        FindingsOf(report).Should().Equal("002_change.expand SchemaNotGivenBack");
        report.Scripts[1].Findings[0].Text.Should().Match($"*{difference}*");
        report.Scripts[0].UndoneIn.Should().NotBeNull("the undo before it is tried all the same");
        report.IsClean.Should().BeFalse();
        report.ToString().Should().Contain("WRONG 002_change.expand").And.Contain("SchemaNotGivenBack: before, and after the undo:");
        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Rehearse_UndoFails_IsReportedWithItsLine()
    {
        Expand("002_change", "CREATE TABLE more (id int);\n", "SELECT 1;\nDROP TABLE nothing_there;\n");

        RehearsalReport report = await RehearseAsync();

        FindingsOf(report).Should().Equal("002_change.expand UndoFailed");
        report.Scripts[1].Findings[0].Text.Should().Match("The undo of 002_change.expand, line 2: *\"nothing_there\" does not exist*");
        report.Scripts[0].UndoneIn.Should().NotBeNull();
        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Rehearse_ScriptFails_IsReportedAndThoseBeforeItAreUndone()
    {
        Expand("002_change", "CREATE INDEX x ON nothing_there (id);\n", "SELECT 1;\n");
        Expand("003_more", "ALTER TABLE users ADD COLUMN more text;\n", "ALTER TABLE users DROP COLUMN more;\n");

        RehearsalReport report = await RehearseAsync();

        FindingsOf(report).Should().Equal("002_change.expand ApplyFailed");
        report.Scripts.Select(script => (script.AppliedIn is not null, script.UndoneIn is not null)).Should().Equal((true, true), (false, false), (false, false));
        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Rehearse_VerificationAnswersOtherwise_IsReported()
    {
        Expand("002_change", "CREATE TABLE more (id int);\n", "DROP TABLE more;\n");
        _database.Script("002_change.expand.verify.sql", "-- expect: 3\nSELECT count(*) FROM more;\n");

        RehearsalReport report = await RehearseAsync();

        FindingsOf(report).Should().Equal("002_change.expand NotVerified");
        report.Scripts[1].Findings[0].Text.Should().Contain("answers 0, where 3 was expected");
    }

    [TestCase("CREATE VIEW names AS SELECT name FROM users;", "already exists")]
    [TestCase("INSERT INTO users (name) VALUES ('again');", "The second time it changes something*public.users: 1 rows*then 2 rows*")]
    public async Task Rehearse_RepeatableScriptIsNot_IsReported(string script, string text)
    {
        _database.Script("R_names.sql", script + "\n");

        RehearsalReport report = await RehearseAsync();

        FindingsOf(report).Should().Equal("R_names NotRepeatable");
        report.Scripts[1].Findings[0].Text.Should().Match($"*{text}*");
        report.Scripts[0].UndoneIn.Should().NotBeNull();
    }

    /// <summary>What is outside of the database is in no dump of it.</summary>
    [Test]
    public async Task Rehearse_ScriptCantBeAppliedAgain_IsReported()
    {
        string role = $"rehearsed_{Guid.NewGuid():N}";
        Expand("002_role", $"CREATE ROLE {role};\n", "SELECT 1;\n");

        try
        {
            RehearsalReport report = await RehearseAsync();

            FindingsOf(report).Should().Equal("002_role.expand NotRepeatable");
            report.Scripts[1].Findings[0].Text.Should().Match($"It can't be applied again after its undo: *role \"{role}\" already exists*");
        }
        finally
        {
            await _database.RunAsync($"DROP ROLE IF EXISTS {role}");
        }
    }

    [TestCase(null)]
    [TestCase("the old name goes")]
    public async Task Rehearse_ContractsUndoCantGiveRowsBack_IsReportedUnlessDeclared(string? declared)
    {
        await SeedAsync();
        string header = declared is null ? "" : $"-- destroys-data: {declared}\n";
        _database.Script("002_name.contract.sql", $"{header}ALTER TABLE users DROP COLUMN name;\n");
        _database.Script("002_name.contract.undo.sql", "ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT 'nobody';\n");
        string backup = await DumpAsync();

        RehearsalReport report = await RehearseAsync(options => options.Backup = backup);

        report.Scripts.Select(script => script.Id).Should().Equal("002_name.contract");
        if (declared is null)
        {
            FindingsOf(report).Should().Equal("002_name.contract RowsNotGivenBack");
            report.Scripts[0].Findings[0].Text.Should().Match("public.users: 20 rows, *, then 20 rows, *");
        }
        else
        {
            FindingsOf(report).Should().BeEmpty();
            report.Scripts[0].Note.Should().Be($"Its undo doesn't give rows back, as it declares: {declared}");
        }

        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Rehearse_ContractCantBeUndone_UndoesWhatIsBeforeItAllTheSame()
    {
        Expand("002_more", "ALTER TABLE users ADD COLUMN more text;\n", "ALTER TABLE users DROP COLUMN more;\n");
        _database.Script("002_more.contract.sql", "-- destroys-data: the name goes\n-- undo: impossible the names are gone\nALTER TABLE users DROP COLUMN name;\n");

        RehearsalReport report = await RehearseAsync();

        report.IsClean.Should().BeTrue(report.ToString());
        report.Scripts[2].Note.Should().Be("It can't be undone: the names are gone");
        report.Scripts.Select(script => script.UndoneIn is not null).Should().Equal(true, true, false);
    }

    [Test]
    public async Task Rehearse_BackfillWhoseUndoForgetsRows_IsReportedOnlyWhereThereAreRows()
    {
        await SeedAsync();
        string backup = await DumpAsync();
        _database.Script("002_name.backfill.sql", "UPDATE users SET name = upper(name) WHERE id > 0;\n");
        _database.Script("002_name.backfill.undo.sql", "UPDATE users SET name = lower(name) WHERE id > 10;\n");

        FindingsOf(await RehearseAsync()).Should().BeEmpty("an empty table has nothing to give back");
        FindingsOf(await RehearseAsync(options => options.Backup = backup)).Should().Equal("002_name.backfill RowsNotGivenBack");
    }

    [Test]
    public async Task Rehearse_FromATemplate_RehearsesWhatItLacks()
    {
        await SeedAsync();
        string name = new NpgsqlConnectionStringBuilder(_database.Address).Database!;
        await _database.Source.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await using NpgsqlDataSource real = NpgsqlDataSource.Create(RealPostgreSql.AddressOf("real_of_" + name));
        Expand("002_more", "ALTER TABLE users ADD COLUMN more text;\n", "ALTER TABLE users DROP COLUMN more;\n");

        RehearsalReport report = await PostgreSqlRehearsal.RehearseAsync(_database.Folder, real, options => options.Template = name);

        report.Scripts.Select(script => script.Id).Should().Equal("002_more.expand");
        report.IsClean.Should().BeTrue(report.ToString());
    }

    [Test]
    public async Task Rehearse_WithABaseline_BeginsWithItAndLeavesItOut()
    {
        Expand("002_more", "ALTER TABLE users ADD COLUMN more text;\n", "ALTER TABLE users DROP COLUMN more;\n");

        RehearsalReport report = await RehearseAsync(options => options.Baseline = 1);

        report.Scripts.Select(script => script.Id).Should().Equal("002_more.expand");
        report.IsClean.Should().BeTrue(report.ToString());
    }

    [Test]
    public async Task Rehearse_WouldTouchTheRealDatabase_IsRefusedWithEveryReason()
    {
        await SeedAsync();
        string real = new NpgsqlConnectionStringBuilder(_database.Address).Database!;

        await FluentActions.Awaiting(() => RehearseAsync(options => (options.ScratchName, options.Template, options.MaintenanceDatabase, options.Backup, options.Baseline) = (real, real, real, "/no/such.dump", -1)))
            .Should().ThrowAsync<DeploymentValidationException>().Where(error => error.Errors.Count == 9);
        (await _database.AskAsync<long>("SELECT count(*) FROM users")).Should().Be(20);
    }

    /// <summary>By that form a database without a mark is taken for one that a dead rehearsal left.</summary>
    [Test]
    public async Task Rehearse_ScratchNameIsOfTheFormOfOurs_IsRefusedAndLeavesIt()
    {
        const string other = "orders_00112233aabbccdd";
        await _database.RunAsync($"CREATE DATABASE {other}");

        await FluentActions.Awaiting(() => RehearseAsync(options => options.ScratchName = other)).Should().ThrowAsync<DeploymentException>().WithMessage("*ScratchName can't end with '_' and 16 hexadecimal digits*");

        (await _database.AskAsync<long>($"SELECT count(*) FROM pg_database WHERE datname = '{other}'")).Should().Be(1);
        await _database.RunAsync($"DROP DATABASE {other}");
    }

    [Test]
    public async Task Rehearse_ScratchNameIsSomebodyElses_IsRefusedAndLeavesIt()
    {
        string other = new NpgsqlConnectionStringBuilder(await RealPostgreSql.CreateDatabaseAsync()).Database!;

        await FluentActions.Awaiting(() => RehearseAsync(options => options.ScratchName = other)).Should().ThrowAsync<DeploymentException>().WithMessage($"The database {other} is there, and was not made to try something*");
        (await _database.AskAsync<long>($"SELECT count(*) FROM pg_database WHERE datname = '{other}'")).Should().Be(1);
    }

    [Test]
    public async Task Rehearse_OneBeforeDied_MakesTheDatabaseAnew()
    {
        string name = $"left_{new NpgsqlConnectionStringBuilder(_database.Address).Database}";
        await _database.RunAsync($"CREATE DATABASE {name}");
        await _database.RunAsync($"COMMENT ON DATABASE {name} IS 'Made by a deployment to try something, and dropped by it: x'");

        (await RehearseAsync(options => options.ScratchName = name)).IsClean.Should().BeTrue();

        (await _database.AskAsync<long>($"SELECT count(*) FROM pg_database WHERE datname = '{name}'")).Should().Be(0);
    }

    [Test]
    public async Task Rehearse_TwoAtOnce_EachHasADatabaseOfItsOwn()
    {
        RehearsalReport[] reports = await Task.WhenAll(RehearseAsync(), RehearseAsync());

        reports.Should().OnlyContain(report => report.IsClean);
        await NothingIsLeftAsync();
    }

    /// <summary>One that died before it marked its database left the name alone.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task Rehearse_OneBeforeDiedUnderItsOwnName_DropsWhatItLeft(bool isMarked)
    {
        string real = new NpgsqlConnectionStringBuilder(_database.Address).Database!;
        string left = $"{real}_rehearsal_0123456789abcdef";
        await _database.RunAsync($"CREATE DATABASE {left}");
        if (isMarked)
        {
            await _database.RunAsync($"COMMENT ON DATABASE {left} IS 'Made by a deployment to try something, and dropped by it: a rehearsal for {real}, in use as long as its lock in postgres is held'");
        }

        (await RehearseAsync()).IsClean.Should().BeTrue();

        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Rehearse_AnotherOneUsesTheName_IsRefusedAndLeavesItAlone()
    {
        string name = $"own_{new NpgsqlConnectionStringBuilder(_database.Address).Database}";
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<RehearsalReport> first = Task.Run(() => RehearseAsync(options => (options.ScratchName, options.Report) = (name, line =>
        {
            if (line.StartsWith("Applying", StringComparison.Ordinal))
            {
                begun.TrySetResult();
                goOn.Task.Wait(TimeSpan.FromSeconds(60));
            }
        })));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));

        try
        {
            await FluentActions.Awaiting(() => RehearseAsync(options => options.ScratchName = name)).Should().ThrowAsync<DeploymentException>().WithMessage($"*{name}*another rehearsal*");
        }
        finally
        {
            goOn.SetResult();
        }

        (await first).IsClean.Should().BeTrue();
    }

    [Test]
    public async Task Rehearse_FolderIsWrong_MakesNothing()
    {
        _database.Script("nonsense.sql", "SELECT 1;\n");

        await FluentActions.Awaiting(() => RehearseAsync()).Should().ThrowAsync<DeploymentValidationException>();
        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Rehearse_BackupIsDamaged_SaysSoAndLeavesNothing()
    {
        string file = Path.Combine(_database.Folder, "x.dump");
        await File.WriteAllTextAsync(file, "PGDMP nonsense");

        await FluentActions.Awaiting(() => RehearseAsync(options => options.Backup = file)).Should().ThrowAsync<DeploymentException>().WithMessage("*pg_restore*ended with exit code 1*");
        await NothingIsLeftAsync();
    }

    private void Expand(string name, string script, string undo)
    {
        _database.Script($"{name}.expand.sql", script);
        _database.Script($"{name}.expand.undo.sql", undo);
    }

    /// <summary>The real database has the first script, and rows.</summary>
    private async Task SeedAsync()
    {
        await _database.Migrator().ApplyAsync(await _database.FindAsync("001_users.expand"), _database.Context, CancellationToken.None);
        await _database.RunAsync("INSERT INTO users (name) SELECT 'user ' || i FROM generate_series(1, 20) i");
    }

    private async Task<string> DumpAsync()
    {
        var address = new NpgsqlConnectionStringBuilder(_database.Address);
        string file = Path.Combine(_database.Folder, "real.dump");
        var command = Command.Of("pg_dump", "--format=custom", $"--file={file}", $"--dbname=host={address.Host} user={address.Username} dbname={address.Database}");
        (await new CommandRunner(TimeProvider.System).RunAsync(command, null, CancellationToken.None)).EnsureSuccess(command);
        return file;
    }

    private Task<RehearsalReport> RehearseAsync(Action<PostgreSqlRehearsalOptions>? configure = null) => PostgreSqlRehearsal.RehearseAsync(_database.Folder, _database.Source, configure);

    private static string[] FindingsOf(RehearsalReport report) => [.. report.Scripts.SelectMany(script => script.Findings.Select(finding => $"{script.Id} {finding.Problem}"))];

    private async Task NothingIsLeftAsync() =>
        (await _database.AskAsync<long>("SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '\\_rehearsal\\_%'")).Should().Be(0, "the database of the rehearsal is dropped");
}
