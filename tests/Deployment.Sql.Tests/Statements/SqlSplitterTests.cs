using Deployment.Sql.Statements;

namespace Deployment.Sql.Tests.Statements;

[Category("Unit")]
public sealed class SqlSplitterTests
{
    [TestCase("a; b ;c", "1:a", "1:b", "1:c")]
    [TestCase(";;\n-- x;\n a /* ; */ b\n;", "3:a /* ; */ b")]
    [TestCase("insert into t values (';', $$;$$, \"a;b\")", "1:insert into t values (';', $$;$$, \"a;b\")")]
    [TestCase("create rule r as on insert to t do (delete from u; delete from v); x", "1:create rule r as on insert to t do (delete from u; delete from v)", "1:x")]
    [TestCase("create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end; x", "1:create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end", "1:x")]
    [TestCase("create procedure p() begin atomic select a.end; select 1 as end; end; x", "1:create procedure p() begin atomic select a.end; select 1 as end; end", "1:x")]
    [TestCase("begin; select 1; end; x", "1:begin", "1:select 1", "1:end", "1:x")]
    [TestCase("do $$ begin a; end $$;\nx", "1:do $$ begin a; end $$", "2:x")]
    [TestCase("-- nothing", new string[0])]
    public void Read_Script_IsCutAtItsOwnSemicolons(string sql, params string[] statements)
    {
        SqlStatements read = SqlSplitter.Read(sql);

        read.All.Select(statement => $"{statement.Line}:{statement.Text}").Should().Equal(statements);
        read.Problems.Should().BeEmpty();
    }

    [TestCase("select (1;\nselect 2", "1: The ( here is not closed.")]
    [TestCase("a;\nselect 1)", "2: The ) here closes nothing.")]
    [TestCase("x;\ncreate function f() begin atomic select 1;", "2: The body of this function begins with BEGIN ATOMIC and has no END.")]
    [TestCase("select ('a\n", "1: The string*", "1: The ( here is not closed.")]
    public void Read_WhatIsNotClosed_IsSaid(string sql, params string[] problems)
    {
        string[] found = [.. SqlSplitter.Read(sql).Problems.Select(problem => $"{problem.Line}: {problem.Message}")];

        found.Should().HaveSameCount(problems);
        found.Zip(problems).Should().AllSatisfy(pair => pair.First.Should().Match(pair.Second));
    }

    [Test]
    public void Read_Comments_StandWithTheStatementThatFollows()
    {
        SqlStatements read = SqlSplitter.Read("-- one\n\n-- two\na; -- three\nb -- four\n; -- five");

        read.Header.Select(comment => comment.Text).Should().Equal("-- one", "-- two");
        read.Comments.Select(comment => comment.Text).Should().Equal("-- three", "-- four", "-- five");
        read.All[0].Comments.Select(comment => comment.Text).Should().Equal("-- one", "-- two");
        read.All[1].Comments.Select(comment => comment.Text).Should().StartWith("-- three");
    }
}
