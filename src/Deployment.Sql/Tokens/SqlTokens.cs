namespace Deployment.Sql.Tokens;

/// <summary>A text in tokens: put together again they are the text, whatever it was.</summary>
/// <param name="All">Every token, white space and comments included.</param>
/// <param name="Problems">What can't be SQL, in the order found.</param>
internal sealed record SqlTokens(IReadOnlyList<SqlToken> All, IReadOnlyList<SqlProblem> Problems);
