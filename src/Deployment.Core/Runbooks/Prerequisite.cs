namespace Deployment.Runbooks;

/// <summary>What must be there before a person can carry out a runbook's commands by hand.</summary>
/// <param name="Text">A sentence: the machine, the user, the tools, what must run.</param>
/// <param name="Commands">Lines for a POSIX shell that bring it about; empty when there are none.</param>
public sealed record Prerequisite(string Text, IReadOnlyList<string> Commands);
