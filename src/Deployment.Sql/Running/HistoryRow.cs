namespace Deployment.Sql.Running;

/// <summary>What the database's own table says of a script.</summary>
/// <param name="Id">The script.</param>
/// <param name="Checksum">Of what was run; null where another tool, or a baseline, says only that it was.</param>
/// <param name="Script">What was run; null where only its being applied is known.</param>
/// <param name="IsWhole">Whether it ran to its end. A script without a transaction can have stopped half way.</param>
/// <param name="Statements">How many of its statements were done.</param>
/// <param name="Begun">How many of them were begun. One that was begun and not done may have been done or not.</param>
/// <param name="Run">The run that ran it; null where a person did.</param>
internal sealed record HistoryRow(string Id, string? Checksum, string? Script, bool IsWhole, int Statements, int Begun, string? Run);
