using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A setting that outlives the script in its connection.</summary>
internal sealed class SessionSetting() : SqlRule(SqlLintScope.All, new(
    "session-setting",
    SqlSeverity.Warning,
    "The connection goes back to its pool with it, and whoever gets it next works under it.",
    "SET LOCAL, which ends with the transaction; in a script without a transaction RESET it at the end."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        SqlSetting[] settings = [.. context.Statements.Select(SqlSetting.Read).OfType<SqlSetting>()];
        Dictionary<string, int> reset = settings.Where(setting => setting.IsReset).GroupBy(setting => setting.Name).ToDictionary(named => named.Key, named => named.Max(setting => setting.Line));
        int all = reset.GetValueOrDefault("all");
        return settings
            .Where(setting => setting is { IsLocal: false, IsReset: false } && setting.Line > Math.Max(all, reset.GetValueOrDefault(setting.Name)))
            .Select(setting => new SqlHit(setting.Line, $"{SqlChars.Printable(setting.Name)} is set for the session."));
    }
}
