using System.Security.Cryptography;
using Deployment.Commands;
using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Providers.PostgreSql.Tests.Backups;

/// <summary>Real dumps, really restored.</summary>
[Category("PostgreSql")]
public sealed class PostgreSqlBackupTests
{
    private Database _database = null!;
    private string _folder = null!;
    private List<string> _reports = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        RealComponent.Require("pg_dump");
        RealComponent.Require("pg_restore");
        _database = await Database.CreateAsync();
        _folder = Path.Combine(_database.Folder, "backups");
        _reports = [];
        await _database.RunAsync("""
            CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, born timestamptz DEFAULT now(), r text, price money, picture bytea);
            INSERT INTO users (name, r, price, picture) SELECT 'user ' || i, 'r' || i, i, sha256(i::text::bytea) FROM generate_series(1, 500) i;
            CREATE INDEX users_name ON users (lower(name));
            CREATE SCHEMA "Odd ""name";
            CREATE TABLE "Odd ""name"."table; drop" (a float8, b numeric, c text[], d jsonb);
            INSERT INTO "Odd ""name"."table; drop" VALUES ('NaN', 1.10, '{a,b}', '{"x": 1}'), (0.1 + 0.2::float8, 'NaN', NULL, NULL);
            CREATE TABLE days (day date NOT NULL, n int) PARTITION BY RANGE (day);
            CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            INSERT INTO days VALUES ('2026-05-05', 1), ('2026-05-06', 2);
            CREATE VIEW names AS SELECT name FROM users;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END $f$;
            CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
            SELECT lo_create(0);
            """);
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Secure_GoodDatabase_LeavesAProvenFileWithItsEvidenceAndNoOtherDatabase()
    {
        EffectContext context = Context("run-7");

        await Backup().SecureAsync("shop", context, CancellationToken.None);

        string file = Path.Combine(Own, "run-7", "shop.dump");
        IReadOnlyDictionary<string, string> evidence = context.Recorded;
        evidence["file"].Should().Be(file);
        evidence["size"].Should().Be($"{new FileInfo(file).Length}");
        evidence["sha256"].Should().Be(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))));
        evidence["compared"].Should().Be("the schema, 504 rows of 3 tables by their checksums, 1 sequences, 1 large objects");
        TimeSpan.Parse(evidence["duration"], System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(Own, "run-7")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Should().Equal(file);
        _reports.Should().Contain(line => line.Contains("dumping contents of table")).And.Contain(line => line.StartsWith("Restoring into"));
        await NothingIsLeftAsync();
    }

    [TestCase(0.5)]
    [TestCase(0.98)]
    public async Task Secure_DumpWasCut_RefusesAndKeepsNothing(double part)
    {
        var backup = new TriedBackup(_database.Address, Options()) { Dumped = file => CutAsync(file, part) };

        await FluentActions.Awaiting(() => backup.SecureAsync("shop", Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>()
            .WithMessage("There is no backup of shop that can be restored, so nothing is changed: `*pg_restore --exit-on-error *` ended with exit code 1*");

        await NothingIsLeftAsync();
        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    /// <summary>Every byte of the data counts: what is restored without an error may be other data all the same.</summary>
    [Test]
    public async Task Secure_DumpHasOtherData_Refuses()
    {
        var backup = new TriedBackup(_database.Address, Options())
        {
            Dumped = async file =>
            {
                await _database.RunAsync("UPDATE users SET name = 'user 0' WHERE id = 77");
                await RunAsync("pg_dump", "--format=custom", $"--file={file}", $"--dbname={ConnectionOf(_database)}");
            },
        };

        await FluentActions.Awaiting(() => backup.SecureAsync("shop", Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>()
            .WithMessage("*what was restored is not what was dumped: public.users: 500 rows, *, then 500 rows, *");
        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Secure_DumpLacksAnIndex_RefusesWithTheDifference()
    {
        var backup = new TriedBackup(_database.Address, Options())
        {
            Dumped = async file =>
            {
                await _database.RunAsync("DROP INDEX users_name");
                await RunAsync("pg_dump", "--format=custom", $"--file={file}", $"--dbname={ConnectionOf(_database)}");
            },
        };

        await FluentActions.Awaiting(() => backup.SecureAsync("shop", Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>()
            .WithMessage("*the schema is another one:*-CREATE INDEX users_name ON public.users USING btree (lower(name));*");
        await NothingIsLeftAsync();
    }

    /// <summary>A function that finds its table by the search path works, and can't be restored.</summary>
    [Test]
    public async Task Secure_RestoreFails_RefusesWithWhatPostgreSqlSays()
    {
        await _database.RunAsync("""
            CREATE TABLE rates (rate numeric); INSERT INTO rates VALUES (2);
            CREATE FUNCTION rate(n int) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT n * max(rate) FROM rates';
            ALTER TABLE days_1 ADD CHECK (rate(n) > 0);
            """);

        await FluentActions.Awaiting(() => Backup().SecureAsync("shop", Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>()
            .WithMessage("There is no backup of shop that can be restored, so nothing is changed: `*pg_restore *relation \"rates\" does not exist*");
        await NothingIsLeftAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Secure_OthersWriteMeanwhile_IsExactOnlyInOneSnapshot(bool isOfOneSnapshot)
    {
        var backup = new TriedBackup(_database.Address, Options())
        {
            IsOfOneSnapshot = isOfOneSnapshot,
            SnapshotTaken = () => _database.RunAsync("INSERT INTO users (name) VALUES ('late'); UPDATE users SET name = 'changed' WHERE id = 3; DELETE FROM users WHERE id = 4"),
        };

        Func<Task> securing = () => backup.SecureAsync("shop", Context(), CancellationToken.None);

        // The control: without the shared snapshot the same writes fail the comparison.
        await (isOfOneSnapshot ? securing.Should().NotThrowAsync() : (Task)securing.Should().ThrowAsync<DeploymentException>().WithMessage("*public.users: 500 rows, *, then 500 rows, *"));
        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Secure_OthersWriteAllTheTime_IsExact()
    {
        using var over = new CancellationTokenSource();
        Task writing = WriteAsync(over.Token);

        await Backup().SecureAsync("shop", Context(), CancellationToken.None);

        await over.CancelAsync();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (await _database.AskAsync<long>("SELECT count(*) FROM users")).Should().BeGreaterThan(500);
    }

    [Test]
    public async Task Secure_Cancelled_DropsItsDatabase()
    {
        using var cancelled = new CancellationTokenSource();
        var backup = new TriedBackup(_database.Address, Options()) { ScratchMade = _ => cancelled.CancelAsync() };

        await FluentActions.Awaiting(() => backup.SecureAsync("shop", Context(), cancelled.Token)).Should().ThrowAsync<OperationCanceledException>();

        await NothingIsLeftAsync();
    }

    [Test]
    public async Task Secure_MoreThanAreKept_RemovesTheOldestOfThisDatabaseAlone()
    {
        foreach (string run in new[] { "run-1", "run-2", "run-3" })
        {
            Directory.CreateDirectory(Path.Combine(Own, run));
            foreach (string database in new[] { "shop", "other" })
            {
                await File.WriteAllTextAsync(Path.Combine(Own, run, $"{database}.dump"), run);
                File.SetLastWriteTimeUtc(Path.Combine(Own, run, $"{database}.dump"), new DateTime(2026, 1, run[^1] - '0', 0, 0, 0, DateTimeKind.Utc));
            }
        }

        File.Delete(Path.Combine(Own, "run-1", "other.dump"));
        EffectContext context = Context("run-9");

        await new TriedBackup(_database.Address, Options(options => options.Keep = 2)).SecureAsync("shop", context, CancellationToken.None);

        Directory.GetFiles(Own, "*.dump", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Own, file)).Should().BeEquivalentTo("run-2/other.dump", "run-3/other.dump", "run-3/shop.dump", "run-9/shop.dump");
        Directory.Exists(Path.Combine(Own, "run-1")).Should().BeFalse();
        context.Recorded["removed"].Should().Contain("run-1/shop.dump").And.Contain("run-2/shop.dump");
    }

    /// <summary>Migrators of two pipelines may well have one name: each has a store of its own.</summary>
    [Test]
    public async Task Secure_TwoDatabasesShareAFolder_EachKeepsItsOwn()
    {
        await using Database other = await Database.CreateAsync();
        await new TriedBackup(_database.Address, Options(options => options.Keep = 1)).SecureAsync("shop", Context("run-1"), CancellationToken.None);

        EffectContext context = Context("run-2");
        await new TriedBackup(other.Address, Options(options => options.Keep = 1)).SecureAsync("shop", context, CancellationToken.None);

        context.Recorded.Should().NotContainKey("removed");
        Directory.GetFiles(_folder, "shop.dump", SearchOption.AllDirectories).Should().HaveCount(2);
    }

    [Test]
    public async Task Secure_DatabaseIsNotThere_SaysSo()
    {
        var backup = new TriedBackup(RealPostgreSql.AddressOf("nowhere"), Options());

        await FluentActions.Awaiting(() => backup.SecureAsync("shop", Context(), CancellationToken.None)).Should().ThrowAsync<DeploymentException>()
            .WithMessage("There is no backup of shop*database \"nowhere\" does not exist*");
    }

    [Test]
    public async Task Secure_FolderCantBeMade_SaysSo()
    {
        string file = Path.Combine(_database.Folder, "file");
        await File.WriteAllTextAsync(file, "");

        await FluentActions.Awaiting(() => new TriedBackup(_database.Address, Options(options => options.Folder = file)).SecureAsync("shop", Context(), CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"*The folder of backups {file}/{new PgAddress(_database.Address, null, null).Identity}/run-1 can't be made:*");
    }

    [Test]
    public async Task Secure_ProgramIsMissing_SaysSo()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_database.Folder, "empty")).FullName;

        await FluentActions.Awaiting(() => new TriedBackup(_database.Address, Options(options => options.Programs = empty)).SecureAsync("shop", Context(), CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("There is no backup of shop*pg_dump*");
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _database.RunAsync("INSERT INTO users (name) SELECT 'more' FROM generate_series(1, 10); UPDATE users SET r = r || 'x' WHERE id % 7 = 0");
        }
    }

    private static Task CutAsync(string file, double part)
    {
        using FileStream stream = File.OpenWrite(file);
        stream.SetLength((long)(stream.Length * part));
        return Task.CompletedTask;
    }

    private TriedBackup Backup() => new(_database.Address, Options());

    /// <summary>Where the backups of this database lie.</summary>
    private string Own => Path.Combine(_folder, new PgAddress(_database.Address, null, null).Identity);

    private PostgreSqlBackupOptions Options(Action<PostgreSqlBackupOptions>? configure = null)
    {
        var options = new PostgreSqlBackupOptions { Folder = _folder };
        configure?.Invoke(options);
        return options;
    }

    private EffectContext Context(string run = "run-1") => new(run, "step-1", 1, new CommandRunner(TimeProvider.System), _database.Context.Secrets, TimeProvider.System, _reports.Add);

    private async Task NothingIsLeftAsync() =>
        (await _database.AskAsync<long>("SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '\\_restore\\_%'")).Should().Be(0, "the database that was made to try the dump is dropped");

    private static string ConnectionOf(Database database)
    {
        var address = new Npgsql.NpgsqlConnectionStringBuilder(database.Address);
        return $"host={address.Host} port={address.Port} user={address.Username} dbname={address.Database}";
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var command = Command.Of(program, arguments);
        (await new CommandRunner(TimeProvider.System).RunAsync(command, null, CancellationToken.None)).EnsureSuccess(command);
    }
}
