namespace Deployment.Sql.Lint;

/// <summary>Which files a rule is for.</summary>
[Flags]
internal enum SqlLintScope
{
    Expand = 1,
    Backfill = 2,
    Contract = 4,
    Undo = 8,

    /// <summary>While the old release runs, or may come back.</summary>
    BeforeContract = Expand | Backfill,
    Forward = Expand | Backfill | Contract,
    All = Forward | Undo,
}
