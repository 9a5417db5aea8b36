namespace Deployment.Testing;

/// <summary>A promise that a strategy does not keep.</summary>
/// <param name="Promise">Which one.</param>
/// <param name="Message">What was wrong, where, and what to do.</param>
public sealed record StrategyFault(StrategyPromise Promise, string Message);
