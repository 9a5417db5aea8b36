using Deployment.Sql.Lint;
using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Running;

/// <summary>Statements that matter beyond themselves where a script runs without a transaction.</summary>
internal static class SessionStatement
{
    /// <summary>Whether it sets something for its session, and does nothing else.</summary>
    internal static bool Sets(SqlStatement statement) =>
        SqlSetting.Read(statement) is { IsLocal: false } && (statement.Tokens[0].Is("set") || statement.Tokens[0].Is("reset") || IsSetConfig(statement.Tokens));

    /// <summary>Whether it makes something that ends with its session.</summary>
    internal static bool MakesTemporary(SqlStatement statement) =>
        statement.Tokens[0].Is("create") && statement.Tokens.Skip(1).Take(4).Any(token => token.Is("temp") || token.Is("temporary"));

    /// <summary>Whether it works beside running users, in several transactions: dropping or remaking an index, or taking off a partition, concurrently.</summary>
    internal static bool WorksBesideUsers(SqlStatement statement) =>
        statement.Tokens[0] is var first && (first.Is("drop") || first.Is("reindex") || first.Is("alter")) && statement.Tokens.Any(token => token.Is("concurrently"));

    private static bool IsSetConfig(IReadOnlyList<SqlToken> tokens) =>
        tokens.Count > 2 && tokens[0].Is("select") && (tokens[1].Is("set_config") || (tokens.Count > 4 && tokens[1].Is("pg_catalog") && tokens[3].Is("set_config")));
}
