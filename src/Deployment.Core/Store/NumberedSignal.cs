namespace Deployment.Store;

/// <summary>A signal in a run's inbox.</summary>
/// <param name="Number">Its place, counted from 1 without gaps.</param>
/// <param name="Signal">The message.</param>
public sealed record NumberedSignal(long Number, Signal Signal);
