using Deployment.Sql.Tokens;

namespace Deployment.Sql.Statements;

/// <summary>A text in statements.</summary>
/// <param name="All">Its statements, in order.</param>
/// <param name="Header">The line comments before the first statement.</param>
/// <param name="Comments">Every other line comment.</param>
/// <param name="Problems">Why it is no script that could run, in the order found.</param>
internal sealed record SqlStatements(
    IReadOnlyList<SqlStatement> All, IReadOnlyList<SqlToken> Header, IReadOnlyList<SqlToken> Comments, IReadOnlyList<SqlProblem> Problems);
