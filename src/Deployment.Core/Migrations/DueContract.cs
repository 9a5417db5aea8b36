using Deployment.Runbooks;

namespace Deployment.Migrations;

/// <summary>What becomes of a contract that is due.</summary>
/// <param name="Runbook">How it is carried out; null while it must wait.</param>
/// <param name="WaitsFor">What it waits for, as a sentence; null when it need not.</param>
/// <param name="Over">Why nothing is left to do, as a sentence; null when something is.</param>
internal sealed record DueContract(Runbook? Runbook, string? WaitsFor, string? Over = null);
