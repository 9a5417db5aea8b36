using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint;

/// <summary>What a file itself creates, asked with the numbers that statements have in a part of it.</summary>
internal sealed class SqlCreatedInPart(SqlCreated created, int before)
{
    /// <summary>Whether a statement finds something that nobody else knows.</summary>
    internal bool IsNew(string kind, SqlName name, int index) => created.IsNew(kind, name, before + index);

    /// <summary>Whether something is created again by a later statement, and stays.</summary>
    internal bool ComesBack(string kind, SqlName name, int index) => created.ComesBack(kind, name, before + index);
}
