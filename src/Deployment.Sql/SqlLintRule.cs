namespace Deployment.Sql;

/// <summary>A rule of the lint.</summary>
/// <param name="Id">What it is known by, such as <c>drop-column</c>: what <c>-- lint: ignore RULE REASON</c> names.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Why">What goes wrong otherwise.</param>
/// <param name="Instead">How it is done by expand, backfill and contract.</param>
public sealed record SqlLintRule(string Id, SqlSeverity Severity, string Why, string Instead);
