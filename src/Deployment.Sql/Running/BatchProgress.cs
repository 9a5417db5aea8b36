namespace Deployment.Sql.Running;

/// <summary>How far a backfill has come.</summary>
/// <param name="Checksum">Of the script that fills.</param>
/// <param name="Last">The last key that was committed; null before the first batch.</param>
/// <param name="Until">The last key that there was when it began: what is written later, the release that writes it fills itself.</param>
/// <param name="Rows">How many rows were changed.</param>
/// <param name="Total">About how many rows there were when it began.</param>
/// <param name="Run">The run that fills: what another one has filled may have been taken back, or written over, since.</param>
internal sealed record BatchProgress(string Checksum, string? Last, string Until, long Rows, long Total, string Run);
