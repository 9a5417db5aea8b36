namespace Deployment.Migrations;

/// <summary>A backup that others have made.</summary>
/// <param name="Id">What it is called there: 1 to 120 printable characters.</param>
/// <param name="TakenAt">The time of the data that it holds.</param>
public sealed record BackupAttestation(string Id, DateTimeOffset TakenAt);
