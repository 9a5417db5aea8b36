using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A file, or a part of it that runs together, as rules see it.</summary>
internal sealed class SqlLintContext
{
    /// <summary>Reads a part of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="part">The part.</param>
    /// <param name="created">What the file makes itself, by the part's statements.</param>
    /// <param name="proofs">What was proven before; this part's proofs are added.</param>
    internal SqlLintContext(SqlLintFile file, SqlLintPart part, SqlCreatedInPart created, SqlNotNullProofs proofs)
    {
        (Scope, DestroysData) = (file.Scope, file.Header.DestroysData);
        (Statements, RunsInTransaction, Created) = (part.All, part.RunsInTransaction, created);
        Alters = [.. Statements.Select((statement, index) => SqlAlterTable.Read(statement, index)).OfType<SqlAlterTable>()];
        Drops = [.. Statements.Select((statement, index) => SqlDrop.Read(statement, index)).OfType<SqlDrop>()];
        UnprovenNotNulls = Unproven(proofs);
        Changes = [.. Statements.SelectMany((statement, index) => SqlDataChange.Read(statement, index))];
    }

    internal SqlLintScope Scope { get; }

    /// <summary>Which data its file says to destroy; null for none.</summary>
    internal string? DestroysData { get; }

    internal bool RunsInTransaction { get; }

    /// <summary>Its statements, each <c>DO</c> block followed by those of its body.</summary>
    internal IReadOnlyList<SqlStatement> Statements { get; }

    internal SqlCreatedInPart Created { get; }

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
