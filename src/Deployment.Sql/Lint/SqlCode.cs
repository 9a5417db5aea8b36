using Deployment.Migrations;

namespace Deployment.Sql.Lint;

/// <summary>A migration that is code, by the commands that it sends.</summary>
/// <param name="Name">What findings call it.</param>
/// <param name="Phase">Its phase; null for an undo.</param>
/// <param name="Commands">The commands, in order: the text, the line on which it stands where it is shown, and whether it runs in a transaction. Those that follow each other in one run in the same.</param>
/// <param name="DestroysData">Which data it says to destroy; null for none.</param>
internal sealed record SqlCode(string Name, MigrationPhase? Phase, IReadOnlyList<(string Sql, int Line, bool InTransaction)> Commands, string? DestroysData);
