using Deployment.Sql.Tokens;

namespace Deployment.Sql.Statements;

/// <summary>One statement of a script.</summary>
/// <param name="Text">As it is written, without the semicolon.</param>
/// <param name="Tokens">Its code: no white space, no comments, no semicolon at its end. Never empty.</param>
/// <param name="Comments">The line comments in front of it, since the statement before.</param>
/// <param name="InBlock">Whether it stands in the body of a <c>DO</c> block.</param>
internal sealed record SqlStatement(string Text, IReadOnlyList<SqlToken> Tokens, IReadOnlyList<SqlToken> Comments, bool InBlock = false)
{
    /// <summary>The line of its first token, from 1.</summary>
    internal int Line => Tokens[0].Line;

    /// <summary>Reads its tokens from the first one.</summary>
    internal SqlCursor Read() => new(Tokens);
}
