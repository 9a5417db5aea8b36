using Deployment.Sql.Scripts;
using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A file as rules see it.</summary>
internal sealed class SqlLintContext
{
    /// <summary>Reads a file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="scope">Which rules are for it.</param>
    /// <param name="proofs">What the files before it have proven; this file's proofs are added.</param>
    internal SqlLintContext(SqlSource source, SqlLintScope scope, SqlNotNullProofs proofs)
    {
        (Source, Scope) = (source, scope);
        Statements = [.. source.Statements.All.SelectMany(statement => SqlBlock.Body(statement).Statements.Prepend(statement))];
        Created = SqlCreated.Of(Statements, RunsInTransaction);
        Alters = [.. Statements.Select((statement, index) => SqlAlterTable.Read(statement, index)).OfType<SqlAlterTable>()];
        Drops = [.. Statements.Select((statement, index) => SqlDrop.Read(statement, index)).OfType<SqlDrop>()];
        UnprovenNotNulls = Unproven(proofs);
        Changes = [.. Statements.SelectMany((statement, index) => SqlDataChange.Read(statement, index))];
    }

    internal SqlSource Source { get; }

    internal SqlLintScope Scope { get; }

    internal bool RunsInTransaction => Source.Header.RunsInTransaction;

    /// <summary>Its statements, each <c>DO</c> block followed by those of its body.</summary>
    internal IReadOnlyList<SqlStatement> Statements { get; }

    internal SqlCreated Created { get; }

    internal IReadOnlyList<SqlAlterTable> Alters { get; }

    internal IReadOnlyList<SqlDrop> Drops { get; }

    internal IReadOnlyList<SqlDataChange> Changes { get; }

    /// <summary>Changes of tables that others know already.</summary>
    internal IEnumerable<SqlAlterTable> AltersOfOldTables => Alters.Where(alter => !Created.IsNew("table", alter.Table, alter.Index));

    /// <summary>Each <c>SET NOT NULL</c> that no validated check stands before, in this file or an earlier one.</summary>
    internal IReadOnlyList<(SqlAlterTable Alter, SqlColumnChange Change)> UnprovenNotNulls { get; }

    private List<(SqlAlterTable Alter, SqlColumnChange Change)> Unproven(SqlNotNullProofs proofs)
    {
        List<(SqlAlterTable, SqlColumnChange)> unproven = [];
        foreach (SqlAlterTable alter in Alters)
        {
            foreach (IReadOnlyList<SqlToken> action in alter.Actions)
            {
                proofs.See(alter.Table, action);
                if (SqlColumnChange.Read(action) is { } change && change.Does("set", "not", "null") && !proofs.IsGiven(alter.Table, change.Column))
                {
                    unproven.Add((alter, change));
                }
            }
        }

        return unproven;
    }
}
