namespace Deployment.Runbooks;

/// <summary>That a release comes although it was rolled back.</summary>
/// <param name="Reason">Why.</param>
/// <param name="RunId">The run by which it was rolled back last. After another one the runbook is refused.</param>
public sealed record RolledBackNote(string Reason, string RunId);
