namespace Deployment.Migrations;

/// <summary>What a backup does, as it was planned.</summary>
/// <param name="Commands">Its commands, so that the runbook's hash covers them.</param>
/// <param name="Expected">What is proven.</param>
internal sealed record BackupArguments(IReadOnlyList<string> Commands, string Expected);
