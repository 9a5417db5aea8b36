using System.Text;
using Deployment.Sql.Scripts;

namespace Deployment.Sql.Tests.Lint;

/// <summary>What holds for every row of words.</summary>
[Category("Unit")]
public sealed class SqlLintPropertyTests
{
    private const int Seed = 7_411;

    private static readonly string[] _words =
    [
        "alter", "table", "add", "column", "drop", "constraint", "check", "unique", "primary", "key", "foreign", "references", "not", "null", "valid", "default", "set", "type",
        "create", "index", "concurrently", "on", "only", "if", "exists", "update", "delete", "from", "where", "with", "as", "(", ")", ",", ";", "a", "b.c", "'x'", "do", "$$begin",
        "end$$", "rename", "to", "value", "lock", "truncate", "cascade", "reset", "revoke", "materialized", "view", "refresh", "vacuum", "full", "using", "1", "then", "validate",
    ];

    [Test]
    public void Check_RandomWords_EndsAndPointsIntoTheText()
    {
        var random = new Random(Seed);
        int found = 0;
        for (int i = 0; i < 30_000; i++)
        {
            string text = string.Join(' ', Enumerable.Range(0, random.Next(1, 25)).Select(_ => _words[random.Next(_words.Length)]));
            SqlFileName name = SqlFileName.Read("001_a.contract.sql")! with { Phase = (Migrations.MigrationPhase)random.Next(3) };
            SqlSource source = SqlSourceReader.Read(name, text, []);
            found += SqlLint.Check(new SqlScriptFolder("folder", [new SqlScript(name, source, undo: null, [])])).Count(finding => finding.Line == 1);
        }

        found.Should().BeGreaterThan(1_000, "the words must make sense often enough for rules to look at them");
    }

    // As for the tokenizer: quadratic work would take hours.
    [TestCase("alter table a alter b set not null;")]
    [TestCase("alter table a add constraint c check (b is not null) not valid;")]
    [TestCase("alter table a validate constraint c, add constraint c check (b is not null);")]
    [TestCase("alter table a add b int default f(), ")]
    [TestCase("set a=1;")]
    [TestCase("with a as (delete from b) ")]
    [TestCase("with a as (")]
    [TestCase("delete from a where true;")]
    [TestCase("create table a ();drop table a;")]
    [TestCase("do $$begin if a then drop table b; end if; end$$;")]
    [TestCase("select 'x' into a;")]
    [TestCase("alter type a add value 'x';insert into b values ('x');")]
    [TestCase("-- lint: ignore rename one\n")]
    [TestCase("revoke a on b from c;")]
    [TestCase("update a set b = ((((")]
    [TestCase("create temp table a ();drop table a;alter table a rename to b;")]
    [TestCase("set search_path to a;create table b ();")]
    [TestCase("merge into a using b on true when matched then delete ")]
    [TestCase("with a as (delete from b) delete from c ")]
    [TestCase("do $$begin begin create table b (); end; if a then create table c (); end if; end$$;")]
    public async Task Check_LongHostileScripts_TakesLinearTime(string piece)
    {
        SqlFileName name = SqlFileName.Read("001_a.expand.sql")!;
        string text = new StringBuilder().Insert(0, piece, 1_000_000 / piece.Length).Append('x').ToString();

        IReadOnlyList<SqlFinding> findings = await Task.Run(() => SqlLint.Check(new SqlScriptFolder("folder", [new SqlScript(name, SqlSourceReader.Read(name, text, []), undo: null, [])])))
            .WaitAsync(TimeSpan.FromMinutes(2));

        findings.Should().NotContain(finding => finding.Line < 1);
    }
}
