namespace Deployment.Sql;

/// <summary>A part of a column that is split.</summary>
/// <param name="Column">The new column.</param>
/// <param name="Forward">What is in it, as an expression of the old column, such as <c>split_part(name, ' ', 1)</c>.</param>
public sealed record SyncedPart(SyncedColumn Column, string Forward);
