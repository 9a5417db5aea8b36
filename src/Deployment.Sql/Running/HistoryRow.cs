namespace Deployment.Sql.Running;

/// <summary>What the database's own table says of a script.</summary>
/// <param name="Id">The script.</param>
/// <param name="Checksum">Of what was run; null where another tool, or a baseline, says only that it was.</param>
/// <param name="Script">What was run; null where only its being applied is known.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Statements">How many of its statements were done.</param>
/// <param name="Begun">How many of them were begun. One that was begun and not done may have been done or not.</param>
/// <param name="Run">The run that ran it; null where a person did.</param>
internal sealed record HistoryRow(string Id, string? Checksum, string? Script, HistoryState State, int Statements, int Begun, string? Run)
{
    /// <summary>Whether it ran to its end, and nothing of it was taken back.</summary>
    internal bool IsWhole => State == HistoryState.Applied;

    /// <summary>Whether nobody knows what of it is still there.</summary>
    internal bool IsHalfUndone => State == HistoryState.Undoing;
}
