using Deployment.Migrations;
using Deployment.Sql.Statements;

namespace Deployment.Sql.Scripts;

/// <summary>What a script must be that is run for one range of keys after the other.</summary>
internal static class SqlBatch
{
    internal static IEnumerable<string> Problems(SqlFileName name, SqlSource source)
    {
        if (source.Header.Batches is null)
        {
            yield break;
        }

        if (name.Phase != MigrationPhase.Backfill || name.Number is null)
        {
            yield return $"{name.FileName}: only a backfill goes through a table in batches. Take `batch:` away, or make it a .backfill.sql.";
        }

        if (!source.Header.RunsInTransaction)
        {
            yield return $"{name.FileName}: each batch runs in a transaction of its own. Take `transaction: none` away.";
        }

        if (source.Statements.All is not [{ } statement] || !statement.Tokens[0].IsAny("update", "insert", "delete", "with", "merge"))
        {
            yield return $"{name.FileName}: a batch is one statement that changes rows. Write a backfill for each.";
        }
        else if (!Uses(statement, "$1") || !Uses(statement, "$2"))
        {
            yield return $"{name.FileName}: a batch changes the rows of one range: its condition needs the range's first key, $1, and its last one, $2, such as `{source.Header.Batches.Key} BETWEEN $1 AND $2`.";
        }
    }

    private static bool Uses(SqlStatement statement, string parameter) => statement.Tokens.Any(token => token.Text == parameter);
}
